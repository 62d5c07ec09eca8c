/** The compactions of AWS and Azure as they are packaged, their compiled engine beside them, on moto's S3 and on Azurite. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { duckDbMerge } from "../../../functions/adapters/duckdb-merge.ts";
import { parquetSink } from "../../../functions/adapters/lake.ts";
import type { BytesAs, ParquetCodec } from "../../../functions/adapters/parquet.ts";
import type { HandlerName } from "../../../functions/build.ts";
import { readingsBlock } from "../../../functions/core/columns.ts";
import type { createHandler as CreateHandler } from "../../../functions/handlers/aws-compaction.ts";
import { dayFiles } from "../../../functions/lake/day-files.ts";
import { answerFromLake } from "../../../functions/query/lake-answer.ts";
import { packagedFunction, type PackagedFunction } from "../../support/packaged-function.ts";
import { pressReadings } from "../../support/press-reading.ts";
import { parquetRows } from "../parquet-rows.ts";
import { startCloudStores, type CloudStore, type CloudStores } from "./cloud-stores.ts";

/** An hour's begin, two days ago, microseconds. */
const at = (Math.floor(Date.now() / 3_600_000) - 48) * 3_600_000_000;
const day = new Date(at / 1_000).toISOString().slice(0, 10);
const folder = `readings/dt=${day}/hr=${new Date(at / 1_000).toISOString().slice(11, 13)}`;
/** What lies there has settled by then. */
const now = () => Date.now() + 2 * 3_600_000;
const reading = pressReadings(at);
/** One reading a message; the last file is the first message once more, which came later. */
const messages = [1, 2, 3, 4, 5, 1].map((number, index) =>
  reading({
    ...{ msgId: new Uint8Array(16).fill(number), ts: at + number * 1_000, valueDouble: number },
    ingestTs: at + index * 1_000_000,
  }),
);
const once = [1, 2, 3, 4, 5];
const withRepeat = [1, 1, 2, 3, 4, 5];

class Killed extends Error {}

const targets: Record<string, { handler: HandlerName; bytes: BytesAs; codec: ParquetCodec }> = {
  aws: { handler: "aws-compaction", bytes: "hex", codec: "ZSTD" },
  azure: { handler: "azure-compaction", bytes: "bytes", codec: "SNAPPY" },
};
let stores: CloudStores;
const functions = new Map<string, PackagedFunction<{ createHandler: typeof CreateHandler }>>();

beforeAll(async () => {
  stores = await startCloudStores(["curated", "killed", "damaged", "quarantine"]);
  for (const [target, { handler }] of Object.entries(targets))
    if (stores.of[target] !== undefined) functions.set(target, await packagedFunction(handler));
}, 120_000);
afterAll(async () => {
  for (const { remove } of functions.values()) await remove();
  await stores.stop();
});

describe.each(Object.keys(targets))("on %s", (target) => {
  const { bytes, codec } = targets[target]!;

  /** @param place container; null where its server can't be had, as its start has said */
  async function filled(place: string) {
    const store = stores.of[target];
    const made = functions.get(target);
    if (store === undefined || made === undefined) return null;
    const container = store.zone(place);
    const sink = parquetSink(store.objects, container, bytes, codec);
    for (const message of messages) await sink.write(readingsBlock([message]));
    const put: unknown[] = [];
    const said: string[] = [];
    const merge = duckDbMerge({ memory: "128MB", codec, version: "V1" });
    const run = (over: Partial<CloudStore> = {}) =>
      made.module.createHandler(
        { curated: container, quarantine: store.zone("quarantine") },
        { ...store, merge, complain: (message) => void said.push(message), now, ...over },
        { put: (values) => void put.push(values) },
      )();
    /** Values of rows, as who goes by the records has them, and who reads whatever lies there. */
    const seen = async () => {
      const [found] = await dayFiles(container, "readings", [day], store);
      const valuesOf = async (files: readonly { readonly key: string }[]) => {
        const read = await Promise.all(files.map(({ key }) => store.objects.read(container, key)));
        return (await parquetRows(read, "value_double")).map(({ value_double }) => value_double);
      };
      return { counted: await valuesOf(found!.files), lying: await valuesOf(found!.all), found: found! };
    };
    return { store, container, put, said, run, seen };
  }

  test("merges files; who asks gets the same before and after, and from one file", async () => {
    const lake = await filled("curated");
    if (lake === null) return;
    const { store, container, put, said, run, seen } = lake;
    const ask = (over: Partial<CloudStore> = {}) =>
      answerFromLake(
        {
          sql: "SELECT count(DISTINCT ts)::INT AS n, sum(DISTINCT value_double) AS s, min(ts) AS t FROM readings",
          ...{ rows: 10, days: [day] },
        },
        { ...store, ...over, containers: [container], mostBytes: 2 ** 20, memory: "128MB", timeout: 10_000 },
      );
    const before = await ask();
    expect(before).toMatchObject({ files: 6, rows: [[5, 15, expect.anything()]] });
    await run();
    const merged = { FilesMerged: 6, FilesMade: 1, RowsRepeated: 1, FilesCleared: 0, CompactionFailures: 0 };
    expect([put, said]).toEqual([[merged], []]);
    const { rows, columns } = before;
    expect(await ask()).toMatchObject({ rows, columns, files: 1 });
    expect(await seen()).toMatchObject({
      ...{ counted: once, lying: once },
      found: { number: 1, all: [expect.anything()], record: { note: { kind: "merged" } } },
    });
    await run();
    expect(put[1]).toMatchObject({ FilesMerged: 0, FilesMade: 0 });

    // A file that is merged away between list and read is looked for once more.
    let reads = 0;
    const objects = {
      ...store.objects,
      read: (bucket: string, key: string) =>
        store.objects.read(bucket, key.endsWith(".parquet") && reads++ === 0 ? `${key}.gone` : key),
    };
    expect([(await ask({ objects })).rows, reads]).toEqual([rows, 2]);
    await store.removal.remove(container, "readings/nothing-there.parquet");
  }, 60_000);

  test("killed before the file, before the record, before and within the removal: each row once, and the next run goes on", async () => {
    const lake = await filled("killed");
    if (lake === null) return;
    const { store, put, run, seen } = lake;
    const killedAt = (isLast: (step: "put" | "record" | "remove") => boolean): Partial<CloudStore> => {
      let isDead = false;
      const step = (what: "put" | "record" | "remove") => {
        isDead ||= isLast(what);
        if (isDead) throw new Killed();
      };
      return {
        objects: {
          read: store.objects.read,
          create: async (bucket, key, ...rest) => {
            step(key.endsWith(".parquet") ? "put" : "record");
            return store.objects.create(bucket, key, ...rest);
          },
        },
        removal: {
          remove: async (bucket, key) => {
            step("remove");
            return store.removal.remove(bucket, key);
          },
        },
      };
    };
    const lying = async () => (await seen()).lying.length;
    await run(killedAt((step) => step === "put"));
    expect([(await seen()).counted, await lying()]).toEqual([withRepeat, 6]);
    await run(killedAt((step) => step === "record"));
    // The file lies there and does not count.
    expect([(await seen()).counted, await lying()]).toEqual([withRepeat, 11]);
    await run(killedAt((step) => step === "remove"));
    // It counts, and the former ones do no more.
    expect([(await seen()).counted, await lying()]).toEqual([once, 11]);
    let removals = 0;
    await run(killedAt((step) => step === "remove" && ++removals > 2));
    expect([(await seen()).counted, await lying()]).toEqual([once, 9]);
    await run();
    expect(await seen()).toMatchObject({ counted: once, lying: once, found: { number: 1 } });
    expect(put.map((values) => (values as Record<string, number>)["CompactionFailures"])).toEqual([
      ...[1, 1, 1, 1, 0],
    ]);
  }, 60_000);

  test("a file that can't be read is named and left as it is; the others are merged", async () => {
    const lake = await filled("damaged");
    if (lake === null) return;
    const { store, container, put, said, run, seen } = lake;
    const [good] = (await seen()).found.all;
    const whole = await store.objects.read(container, good!.key);
    const noise = Buffer.from("this is no Parquet");
    await store.objects.create(container, `${folder}/noise.parquet`, noise);
    // Its footer is whole, what lies before is not.
    const holed = Buffer.from(whole);
    holed.fill(0xff, 4, 400);
    await store.objects.create(container, `${folder}/holed.parquet`, holed);
    await run();
    expect(put).toMatchObject([{ FilesMerged: 6, FilesMade: 1, CompactionFailures: 2 }]);
    expect(said.sort()).toEqual([
      expect.stringContaining(`${folder}/holed.parquet can't be read and is left as it is: `),
      expect.stringContaining(`${folder}/noise.parquet can't be read and is left as it is: `),
    ]);
    const { found } = await seen().catch(async () => ({
      found: (await dayFiles(container, "readings", [day], store))[0]!,
    }));
    expect(found.files.map(({ key }) => key.slice(folder.length + 1)).sort()).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}-merge-1\.changed\.parquet$/),
      ...["holed.parquet", "noise.parquet"],
    ]);
    expect(Buffer.from(await store.objects.read(container, `${folder}/holed.parquet`))).toEqual(holed);
  }, 60_000);
});
