import { randomUUID } from "node:crypto";
import type { KeptDocuments } from "../core/kept-documents.ts";
import { documentKeys } from "../aws-agreements.ts";
import type { AwsAccess } from "./aws-client.ts";
import { awsJson, failureType } from "./aws-json.ts";

const secondsPerDay = 86_400;
const { partition: p, sort: s, expires } = documentKeys;

type Attribute = { readonly S: string } | { readonly N: string };
interface Item {
  readonly [name: string]: Attribute | undefined;
}

/** Documents of alarms in a table of their own, an item each. @param now milliseconds since 1970 */
export function documentTable(access: AwsAccess, table: string, now: () => number = Date.now): KeptDocuments {
  const call = async (operation: string, body: object) => {
    const answer = await awsJson(access, "dynamodb", operation, { TableName: table, ...body });
    if (answer.ok) return (await answer.json()) as { Item?: Item; Items?: Item[]; LastEvaluatedKey?: Item };
    const type = await failureType(answer);
    if (type.includes("ConditionalCheckFailedException")) return null;
    throw new Error(`${operation} of the table ${table}: HTTP ${answer.status}, ${type}`);
  };
  const keyOf = (partition: string, id: string) => ({ [p]: { S: partition }, [s]: { S: id } });
  return {
    async read(partition, id) {
      const answer = await call("GetItem", { Key: keyOf(partition, id), ConsistentRead: true });
      return documentOf(answer?.Item);
    },
    async write(partition, id, body, former, days) {
      // Taken away is what says nothing any more: DynamoDB removes it within days, and it counts as not there until then.
      const life = body === null ? 0 : days;
      const item: Item = {
        ...keyOf(partition, id),
        body: { S: JSON.stringify(body) },
        revision: { S: randomUUID() },
        ...(life === undefined
          ? {}
          : { [expires]: { N: String(Math.floor(now() / 1_000) + life * secondsPerDay) } }),
      };
      const condition =
        former === null
          ? {
              ConditionExpression: "attribute_not_exists(revision) OR body = :gone",
              ExpressionAttributeValues: { ":gone": { S: "null" } },
            }
          : {
              ConditionExpression: "revision = :former",
              ExpressionAttributeValues: { ":former": { S: former } },
            };
      return (await call("PutItem", { Item: item, ...condition })) !== null;
    },
    async *below(partition, prefix) {
      let start: Item | undefined;
      do {
        const begins = prefix === "" ? "" : ` AND begins_with(${s}, :prefix)`;
        const answer = await call("Query", {
          ConsistentRead: true,
          KeyConditionExpression: `${p} = :partition${begins}`,
          ExpressionAttributeValues: {
            ":partition": { S: partition },
            ...(prefix === "" ? {} : { ":prefix": { S: prefix } }),
          },
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        });
        for (const item of answer?.Items ?? []) {
          const document = documentOf(item);
          if (document !== null) yield { id: textOf(item, s), ...document };
        }
        start = answer?.LastEvaluatedKey;
      } while (start !== undefined);
    },
  };
}

const textOf = (item: Item, name: string): string => {
  const value = item[name];
  return value !== undefined && "S" in value ? value.S : "";
};

function documentOf(item: Item | undefined) {
  if (item === undefined) return null;
  const body: unknown = JSON.parse(textOf(item, "body"));
  return body === null ? null : { body, revision: textOf(item, "revision") };
}
