import type { AwsAccess } from "../../functions/adapters/aws-client.ts";

/** As a stack makes the registry's table. */
export async function createTable({ fetch, address }: AwsAccess, table: string): Promise<void> {
  const made = await fetch("dynamodb", `${address("dynamodb")}/`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": "DynamoDB_20120810.CreateTable",
    },
    body: JSON.stringify({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["p", "s"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "p", KeyType: "HASH" },
        { AttributeName: "s", KeyType: "RANGE" },
      ],
    }),
  });
  if (!made.ok) throw new Error(await made.text());
}
