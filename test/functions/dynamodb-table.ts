import type { AwsAccess } from "../../functions/adapters/aws-client.ts";
import { latestKeys, registryKeys, seenIndex } from "../../functions/aws-agreements.ts";

async function create({ fetch, address }: AwsAccess, table: string, described: object): Promise<void> {
  const made = await fetch("dynamodb", `${address("dynamodb")}/`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": "DynamoDB_20120810.CreateTable",
    },
    body: JSON.stringify({ TableName: table, BillingMode: "PAY_PER_REQUEST", ...described }),
  });
  if (!made.ok) throw new Error(await made.text());
}

const attribute = (name: string, type: "S" | "N") => ({ AttributeName: name, AttributeType: type });
const keys = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: "HASH" },
  { AttributeName: sort, KeyType: "RANGE" },
];

/** As a stack makes the registry's table, and the one of alarms. */
export const createTable = (access: AwsAccess, table: string): Promise<void> =>
  create(access, table, {
    AttributeDefinitions: Object.values(registryKeys).map((name) => attribute(name, "S")),
    KeySchema: keys(registryKeys.partition, registryKeys.sort),
  });

/** As a stack makes the table of latest values. */
export const createLatestTable = (access: AwsAccess, table: string): Promise<void> =>
  create(access, table, {
    AttributeDefinitions: [
      attribute(latestKeys.partition, "S"),
      attribute(latestKeys.sort, "S"),
      attribute(seenIndex.partition, "N"),
      attribute(seenIndex.sort, "N"),
    ],
    KeySchema: keys(latestKeys.partition, latestKeys.sort),
    GlobalSecondaryIndexes: [
      {
        IndexName: seenIndex.name,
        KeySchema: keys(seenIndex.partition, seenIndex.sort),
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
  });
