import { latestContainer, latestDatabase, seenContainer } from "../azure-agreements.ts";
import type { LatestState, LatestValue } from "../ports.ts";
import type { AzureFetch } from "./azure-client.ts";
import { inTurns } from "./in-turns.ts";
import { shardOf } from "./shard.ts";

/** Requests under way at the same time. */
const parallel = 32;
const secondsPerDay = 86_400;
/** An item that is made and removed by others meanwhile is tried again this often. */
const turns = 3;
const version = "2018-12-31";

interface Item {
  readonly id: string;
  readonly partition: string | number;
  /** Set unless the item has a newer `at`. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/**
 * The latest value of a device and metric in Cosmos DB, an item each; its time to live removes what was not renewed in
 * `retentionDays`. @param endpoint of the account, `https://<account>.documents…/`
 */
export function latestStateItems(fetch: AzureFetch, endpoint: string, retentionDays: number): LatestState {
  const { origin } = new URL(endpoint);
  const call = (container: string, path: string, partition: string | number, init: RequestInit) =>
    fetch(
      origin,
      `${origin}/dbs/${latestDatabase}/colls/${container}/docs${path}`,
      {
        ...init,
        headers: {
          "Content-Type": "application/json",
          ...init.headers,
          "x-ms-version": version,
          "x-ms-date": new Date().toUTCString(),
          "x-ms-documentdb-partitionkey": JSON.stringify([partition]),
        },
      },
      (token) => encodeURIComponent(`type=aad&ver=1.0&sig=${token}`),
    );

  const keepNewer = async (
    { name, partition: key }: typeof latestContainer | typeof seenContainer,
    { id, partition, members, at }: Item,
  ): Promise<void> => {
    const set = { ...members, at, ttl: retentionDays * secondsPerDay };
    for (let turn = 1; ; turn++) {
      const patched = await call(name, `/${encodeURIComponent(id)}`, partition, {
        method: "PATCH",
        body: JSON.stringify({
          condition: `from c where c.at < ${at}`,
          operations: Object.entries(set).map(([member, value]) => ({
            op: "set",
            path: `/${member}`,
            value,
          })),
        }),
      });
      // 412: what is there is as new, or newer.
      if (patched.ok || patched.status === 412) return;
      if (patched.status !== 404) throw await failure("update", name, patched);
      const body = JSON.stringify({ id, [key]: partition, ...set });
      const created = await call(name, "", partition, { method: "POST", body });
      if (created.ok) return;
      if (created.status !== 409 || turn === turns) throw await failure("update", name, created);
    }
  };

  return {
    async keep(values) {
      const devices = [...Map.groupBy(values, ({ deviceId }) => deviceId)].map(([deviceId, its]) => {
        const lastSeen = Math.max(...its.map(({ ingestTs }) => ingestTs));
        const partition = shardOf(deviceId, seenContainer.shards);
        const item = { id: deviceId, partition, members: { lastSeen }, at: lastSeen };
        return () => keepNewer(seenContainer, item);
      });
      const metrics = values.map((value) => () => keepNewer(latestContainer, itemOf(value)));
      await inTurns([...devices, ...metrics], parallel);
    },
    async silentSince(before, limit) {
      const shards = await Promise.all(
        Array.from({ length: seenContainer.shards }, async (_, shard) => {
          const answer = await call(seenContainer.name, "", shard, {
            method: "POST",
            headers: {
              "Content-Type": "application/query+json",
              "x-ms-documentdb-isquery": "true",
              "x-ms-max-item-count": String(limit),
            },
            body: JSON.stringify({
              query:
                "SELECT c.id AS deviceId, c.lastSeen FROM c WHERE c.lastSeen < @before ORDER BY c.lastSeen",
              parameters: [{ name: "@before", value: before }],
            }),
          });
          if (!answer.ok) throw await failure("query", seenContainer.name, answer);
          const { Documents } = (await answer.json()) as {
            Documents: { deviceId: string; lastSeen: number }[];
          };
          return Documents;
        }),
      );
      return shards
        .flat()
        .sort((one, other) => one.lastSeen - other.lastSeen)
        .slice(0, limit);
    },
    async lastSeen(deviceId) {
      const shard = shardOf(deviceId, seenContainer.shards);
      const answer = await call(seenContainer.name, `/${encodeURIComponent(deviceId)}`, shard, {
        method: "GET",
      });
      if (answer.status === 404) return null;
      if (!answer.ok) throw await failure("read", seenContainer.name, answer);
      return Number(((await answer.json()) as { lastSeen: number }).lastSeen);
    },
    async record(insight, at, finding) {
      await keepNewer(latestContainer, {
        id: `insight|${insight}`,
        partition: "#environment",
        members: { finding },
        at,
      });
    },
  };
}

function itemOf({ deviceId, subDevice, metric, ts, ingestTs, value, unit, quality }: LatestValue): Item {
  const id = subDevice === null ? idPart(metric) : `${idPart(metric)}|${idPart(subDevice)}`;
  // A 64-bit integer as text: an item's numbers are doubles.
  const stored = typeof value === "bigint" ? { value: String(value), type: "int64" } : { value };
  return {
    id,
    partition: deviceId,
    members: { metric, subDevice, ...stored, unit, quality, ingestTs },
    at: ts,
  };
}

/** An item's id may hold neither / nor \\ nor ? nor #. */
const idPart = (text: string): string => encodeURIComponent(text).replaceAll("%", "$");

async function failure(verb: string, container: string, answer: Response): Promise<Error> {
  const text = await answer.text();
  const code = /"code"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? "no code";
  return new Error(`could not ${verb} the container ${container}: HTTP ${answer.status}, ${code}`);
}
