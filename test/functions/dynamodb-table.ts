import type { AwsAccess } from "../../functions/adapters/aws-client.ts";
import { registryKeys } from "../../functions/aws-agreements.ts";

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
      AttributeDefinitions: Object.values(registryKeys).map((AttributeName) => ({
        AttributeName,
        AttributeType: "S",
      })),
      KeySchema: [
        { AttributeName: registryKeys.partition, KeyType: "HASH" },
        { AttributeName: registryKeys.sort, KeyType: "RANGE" },
      ],
    }),
  });
  if (!made.ok) throw new Error(await made.text());
}
