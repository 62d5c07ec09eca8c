import { latestKeys, seenIndex } from "../aws-agreements.ts";
import type { LatestState, LatestValue } from "../ports.ts";
import type { AwsAccess } from "./aws-client.ts";
import { awsJson, failureType } from "./aws-json.ts";
import { inTurns } from "./in-turns.ts";
import { shardOf } from "./shard.ts";

/** Requests under way at the same time. */
const parallel = 32;
const secondsPerDay = 86_400;

type Attribute = { S: string } | { N: string } | { BOOL: boolean } | { NULL: true };

/**
 * The latest value of a device and metric in DynamoDB, an item each. `expires` removes what was not renewed in
 * `retentionDays`.
 */
export function latestStateTable(access: AwsAccess, table: string, retentionDays: number): LatestState {
  /** Sets the item's attributes unless it has newer ones. */
  const keepNewer = async (key: Item, attributes: Item, at: number): Promise<void> => {
    const names = Object.keys(attributes);
    const answer = await awsJson(access, "dynamodb", "UpdateItem", {
      TableName: table,
      Key: key,
      UpdateExpression: `SET #at = :at, #expires = :expires${names.map((_, index) => `, #n${index} = :v${index}`).join("")}`,
      ConditionExpression: "attribute_not_exists(#at) OR #at < :at",
      ExpressionAttributeNames: {
        "#at": "ts",
        "#expires": latestKeys.expires,
        ...Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
      },
      ExpressionAttributeValues: {
        ":at": { N: String(at) },
        ":expires": { N: String(Math.floor(at / 1_000_000) + retentionDays * secondsPerDay) },
        ...Object.fromEntries(Object.values(attributes).map((value, index) => [`:v${index}`, value])),
      },
    });
    if (!answer.ok) await unlessOlder(answer, table);
  };

  return {
    async keep(values) {
      const devices = [...Map.groupBy(values, ({ deviceId }) => deviceId)].map(([deviceId, its]) => {
        const seen = Math.max(...its.map(({ ingestTs }) => ingestTs));
        return () => keepNewer(deviceKey(deviceId), seenOf(deviceId, seen), seen);
      });
      const metrics = values.map((value) => () => keepNewer(keyOf(value), attributesOf(value), value.ts));
      await inTurns([...devices, ...metrics], parallel);
    },
    async silentSince(before, limit) {
      const shards = await Promise.all(
        Array.from({ length: seenIndex.shards }, async (_, shard) => {
          const answer = await awsJson(access, "dynamodb", "Query", {
            TableName: table,
            IndexName: seenIndex.name,
            KeyConditionExpression: `${seenIndex.partition} = :shard AND ${seenIndex.sort} < :before`,
            ExpressionAttributeValues: { ":shard": { N: String(shard) }, ":before": { N: String(before) } },
            ProjectionExpression: `${latestKeys.partition}, ${seenIndex.sort}`,
            Limit: limit,
          });
          if (!answer.ok) throw await failure("query", table, answer);
          const { Items = [] } = (await answer.json()) as {
            Items?: { device_id: { S: string }; last_seen: { N: string } }[];
          };
          return Items.map((item) => ({ deviceId: item.device_id.S, lastSeen: Number(item.last_seen.N) }));
        }),
      );
      return shards
        .flat()
        .sort((one, other) => one.lastSeen - other.lastSeen)
        .slice(0, limit);
    },
    async lastSeen(deviceId) {
      const request = { TableName: table, Key: deviceKey(deviceId), ProjectionExpression: seenIndex.sort };
      const answer = await awsJson(access, "dynamodb", "GetItem", request);
      if (!answer.ok) throw await failure("read", table, answer);
      const { Item: found } = (await answer.json()) as { Item?: { last_seen?: { N: string } } };
      return found?.last_seen === undefined ? null : Number(found.last_seen.N);
    },
    async record(insight, at, finding) {
      await keepNewer(
        { device_id: { S: "#environment" }, metric: { S: `#insight#${insight}` } },
        { finding: { S: JSON.stringify(finding) } },
        at,
      );
    },
  };
}

type Item = Record<string, Attribute>;

const deviceKey = (deviceId: string): Item => ({ device_id: { S: deviceId }, metric: { S: "#device" } });

const seenOf = (deviceId: string, lastSeen: number): Item => ({
  seen_shard: { N: String(shardOf(deviceId, seenIndex.shards)) },
  last_seen: { N: String(lastSeen) },
});

const keyOf = ({ deviceId, subDevice, metric }: LatestValue): Item => ({
  device_id: { S: deviceId },
  metric: { S: subDevice === null ? metric : `${metric}#${subDevice}` },
});

function attributesOf({ value, unit, quality, ingestTs }: LatestValue): Item {
  const stored: Attribute =
    value === null
      ? { NULL: true }
      : typeof value === "string"
        ? { S: value }
        : typeof value === "boolean"
          ? { BOOL: value }
          : { N: String(value) };
  return {
    value: stored,
    unit: unit === null ? { NULL: true } : { S: unit },
    quality: { N: String(quality) },
    ingest_ts: { N: String(ingestTs) },
  };
}

async function unlessOlder(answer: Response, table: string): Promise<void> {
  const error = await failure("update", table, answer);
  if (!error.message.includes("ConditionalCheckFailedException")) throw error;
}

async function failure(verb: string, table: string, answer: Response): Promise<Error> {
  return new Error(
    `could not ${verb} the table ${table}: HTTP ${answer.status}, ${await failureType(answer)}`,
  );
}
