import { randomUUID } from "node:crypto";
import { birthKeys } from "../aws-agreements.ts";
import type { BirthStore, KeptNode } from "../ports.ts";
import type { AwsAccess } from "./aws-client.ts";
import { awsJson, failureType } from "./aws-json.ts";
import { inTurns } from "./in-turns.ts";

/** Requests under way at the same time. */
const parallel = 32;

/** An item has 400 KB at most, names and base64 apart (Amazon DynamoDB Developer Guide, "Constraints"). */
const maximumBytes = 390_000;

interface Item {
  readonly revision: { readonly S: string };
  readonly node: { readonly B: string };
}

/** Edge nodes in a table of their own, an item each. Failures are Errors that name the table. */
export function birthsTable(access: AwsAccess, table: string): BirthStore {
  const keyOf = (deviceId: string) => ({ [birthKeys.partition]: { S: deviceId } });
  return {
    maximumBytes,
    async load(deviceIds) {
      const kept = new Map<string, KeptNode>();
      const read = async (deviceId: string): Promise<void> => {
        const request = { TableName: table, Key: keyOf(deviceId), ConsistentRead: true };
        const answer = await awsJson(access, "dynamodb", "GetItem", request);
        if (!answer.ok) throw await failure("read", table, answer);
        const { Item: item } = (await answer.json()) as { Item?: Item };
        if (item !== undefined)
          kept.set(deviceId, { revision: item.revision.S, bytes: Buffer.from(item.node.B, "base64") });
      };
      await inTurns(
        deviceIds.map((deviceId) => () => read(deviceId)),
        parallel,
      );
      return kept;
    },
    async keep(deviceId, bytes, former) {
      const revision = randomUUID();
      const answer = await awsJson(access, "dynamodb", "PutItem", {
        TableName: table,
        Item: {
          ...keyOf(deviceId),
          revision: { S: revision },
          node: { B: Buffer.from(bytes).toString("base64") },
        },
        ...(former === null
          ? { ConditionExpression: "attribute_not_exists(revision)" }
          : {
              ConditionExpression: "revision = :former",
              ExpressionAttributeValues: { ":former": { S: former } },
            }),
      });
      if (answer.ok) return revision;
      const error = await failure("write", table, answer);
      if (error.message.includes("ConditionalCheckFailedException")) return null;
      throw error;
    },
  };
}

async function failure(verb: string, table: string, answer: Response): Promise<Error> {
  return new Error(
    `could not ${verb} the table ${table}: HTTP ${answer.status}, ${await failureType(answer)}`,
  );
}
