/** The compaction as it is packaged, its compiled engine beside it, against Azurite. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { azureFetch, type AzureFetch } from "../../../functions/adapters/azure-client.ts";
import { blobList } from "../../../functions/adapters/blob-list.ts";
import { blobObjects, blobRemoval } from "../../../functions/adapters/blob.ts";
import { duckDbMerge } from "../../../functions/adapters/duckdb-merge.ts";
import { parquetSink } from "../../../functions/adapters/lake.ts";
import { readingsBlock } from "../../../functions/core/columns.ts";
import type { createHandler as CreateHandler } from "../../../functions/handlers/azure-compaction.ts";
import { dayFiles } from "../../../functions/lake/day-files.ts";
import { answerFromLake } from "../../../functions/query/lake-answer.ts";
import { startAzurite, type Azurite } from "../../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../../support/flaky-proxy.ts";
import { packagedFunction, type PackagedFunction } from "../../support/packaged-function.ts";
import { pressReadings } from "../../support/press-reading.ts";

const day = "2026-11-21";
/** Microseconds. The clock of the function is three hours later. */
const at = Date.UTC(2026, 10, 21, 7, 15) * 1_000;
const now = () => at / 1_000 + 3 * 3_600_000;
const reading = pressReadings(at);

let azurite: Azurite | null = null;
let proxy: FlakyProxy;
let packaged: PackagedFunction<{ createHandler: typeof CreateHandler }> | undefined;
let fetch: AzureFetch;
let curated: string;
let createHandler: typeof CreateHandler;

beforeAll(async () => {
  azurite = await startAzurite(["curated"]);
  if (azurite === null) return;
  fetch = azureFetch(azurite.env);
  proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
  curated = `${proxy.url}/devstoreaccount1/curated`;
  packaged = await packagedFunction("azure-compaction");
  ({ createHandler } = packaged.module);
}, 120_000);
afterAll(async () => {
  await proxy?.close();
  await azurite?.stop();
  await packaged?.remove();
});

test("merges blobs; the query function answers the same before and after, and from each file once", async () => {
  // Where Azurite can't be had, its start has said so.
  if (azurite === null) return;
  const store = { objects: blobObjects(fetch), list: blobList(fetch), removal: blobRemoval(fetch) };
  const sink = parquetSink(store.objects, curated, "bytes", "SNAPPY");
  for (let number = 1; number <= 5; number++) {
    const msgId = new Uint8Array(16).fill(number);
    await sink.write(readingsBlock([reading({ msgId, ts: at + number, valueDouble: number })]));
  }
  const ask = (sql: string) =>
    answerFromLake(
      { sql, rows: 10, days: [day] },
      { ...store, containers: [curated], mostBytes: 2 ** 20, memory: "128MB", timeout: 10_000 },
    );
  const sum = "SELECT count(*) AS n, sum(value_double) AS s, min(ts) AS t FROM readings";
  const before = await ask(sum);
  expect(before).toMatchObject({ files: 5, rows: [["5", 15, expect.anything()]] });

  const put: unknown[] = [];
  const merge = duckDbMerge({ memory: "128MB", codec: "SNAPPY", version: "V1" });
  const run = createHandler(curated, { ...store, merge, now }, { put: (values) => void put.push(values) });
  await run();
  expect(put).toEqual([{ FilesMerged: 5, FilesMade: 1, RowsRepeated: 0 }]);
  const { rows, columns } = before;
  expect(await ask(sum)).toMatchObject({ rows, columns, files: 1 });

  const [found] = await dayFiles(curated, "readings", [day], store);
  expect(found).toMatchObject({ number: 1, all: [expect.anything()], record: { note: { kind: "merged" } } });
  expect(Math.abs((found?.all[0]?.modifiedMs ?? 0) - Date.now())).toBeLessThan(600_000);
  await store.removal.remove(curated, "readings/nothing-there.parquet");
}, 60_000);

test("a file that is merged away between list and read is looked for once more", async () => {
  if (azurite === null) return;
  const store = { objects: blobObjects(fetch), list: blobList(fetch), removal: blobRemoval(fetch) };
  let reads = 0;
  const objects = {
    ...store.objects,
    read: (container: string, key: string) =>
      store.objects.read(container, key.endsWith(".parquet") && reads++ === 0 ? `${key}.gone` : key),
  };
  const ports = { ...store, objects, containers: [curated], mostBytes: 2 ** 20, memory: "128MB" };
  const question = { sql: "SELECT count(*) FROM readings", rows: 10, days: [day] };
  const answer = await answerFromLake(question, { ...ports, timeout: 10_000 });
  expect([answer.rows, reads]).toEqual([[["5"]], 2]);
}, 60_000);
