/**
 * Stored messages through a newer decoder, and small files into larger ones:
 *
 *     npm run bench:replay -- [--messages 200000]
 *
 * Local: a site's lake, encrypted, in which every message changes; again, where nothing does. Cloud: the same messages in a
 * lake of objects in memory, so that it is our work that is measured and no network; then the files of its hour merged as
 * the compaction does. Memory is the most of the process, what was before included.
 */
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { duckDbMerge } from "../functions/adapters/duckdb-merge.ts";
import { uploadPorts } from "../functions/adapters/upload-host.ts";
import { parquetSink, rawZone } from "../functions/adapters/lake.ts";
import { readingsBlock } from "../functions/core/columns.ts";
import { createDecoder } from "../functions/core/decoder.ts";
import type { Message } from "../functions/core/model.ts";
import { compactLake } from "../functions/lake/compaction.ts";
import { replayLake } from "../functions/lake/replay.ts";
import { nodePorts } from "../functions/platform.ts";
import { readProfiles } from "../profiles/read.ts";
import { first, machine, replay, second, sendAll, start, type Sent } from "../test/site/replay/support.ts";
import { storeFolder } from "../test/site/store/support.ts";
import { memoryLake } from "../test/support/memory-lake.ts";

const { values } = parseArgs({ options: { messages: { type: "string", default: "200000" } } });
const count = Number(values.messages);
/** Messages of a batch, which is a file of the cloud's lake. */
const batch = 5_000;
const devices = 200;
const hourMs = 3_600_000;
const hourMicros = hourMs * 1_000;

const messageAt = (index: number): Sent =>
  machine(
    Math.floor((index * hourMicros) / count),
    {
      ts: start / 1_000 + index,
      seq: index,
      temperature: 20 + (index % 50) / 10,
      cycles: index,
      pressure: 7,
    },
    `press-${index % devices}`,
  );

let most = 0;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
async function timed(what: string, of: number, unit: string, work: () => Promise<string>): Promise<void> {
  most = 0;
  const began = performance.now();
  const cpu = process.cpuUsage();
  const said = await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `${what}: ${Math.round(of / seconds)} ${unit}/s, ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of CPU, ${Math.round(most / 2 ** 20)} MiB; ${said}`,
  );
}

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${count} messages of ${devices} devices in an hour`,
);

const place = storeFolder();
try {
  const former = await place.open([], first);
  for (let index = 0; index < count; index += batch)
    await sendAll(
      former,
      Array.from({ length: Math.min(batch, count - index) }, (_, at) => messageAt(index + at)),
    );
  await former.close();
  const store = await place.open([], second);
  for (const what of ["local, every message changes", "local, nothing changes"])
    await timed(what, count, "messages", async () => JSON.stringify((await replay(store)).counts.tables));
  await store.close();
} finally {
  place.remove();
}

const shipped = await readProfiles(["machine-json"]);
const bindings = [{ devices: "*", profile: "machine-json" }];
const decoders = [first, second].map((adapt) =>
  createDecoder(adapt(shipped), bindings, { ...nodePorts, tenant: "bench" }),
);
const settings = {
  ...{ tenant: "bench", profiles: second(shipped), bindings },
  clockWindow: { behind: 604_800, ahead: 600 },
};
const places = { raw: "raw", curated: "curated", quarantine: "quarantine" };
const now = () => start / 1_000 + 3 * hourMs;
const lake = memoryLake(now);
const sink = parquetSink(lake.objects, "curated", "hex");
for (let index = 0; index < count; index += batch) {
  const messages: Message[] = Array.from({ length: Math.min(batch, count - index) }, (_, at) => ({
    ...messageAt(index + at),
    ...{ tenant: "bench", position: `0:${index + at}`, lane: "live" },
  }));
  await rawZone(lake.objects, "raw").keep(messages);
  await sink.write(readingsBlock(decoders[0]!.decode(messages).readings));
}
const files = { codec: "ZSTD", version: "V2" } as const;
for (const what of ["cloud, every message changes", "cloud, nothing changes"])
  await timed(what, count, "messages", async () => {
    let changes = 0;
    await replayLake(
      places,
      {
        ...{ tenant: "bench", codec: { name: "machine-json", version: "2" }, dryRun: false, run: Date.now() },
        needsBirths: false,
        ...{ from: 0, to: start + 1e12, files },
      },
      {
        ...{ ...lake, decoder: decoders[1]!, codecOf: () => "machine-json", memory: "512MB", now },
        uploads: uploadPorts(settings, lake.files, lake.objects, places, { put: () => undefined }),
        ...{ onCleared: () => undefined, onLeft: () => undefined },
        onSlice: (slice) => (changes += slice.changes),
      },
    );
    return `${changes} records`;
  });

const small = memoryLake(now);
for (let index = 0; index < count; index += batch) {
  const messages: Message[] = Array.from({ length: Math.min(batch, count - index) }, (_, at) => ({
    ...messageAt(index + at),
    ...{ tenant: "bench", position: `0:${index + at}`, lane: "live" },
  }));
  await parquetSink(small.objects, "curated", "hex").write(
    readingsBlock(decoders[1]!.decode(messages).readings),
  );
}
await timed("compaction", 3 * count, "rows", async () => {
  const merge = duckDbMerge({ memory: "512MB", ...files });
  const done = await compactLake("curated", {
    ...small,
    merge,
    complain: console.error,
    now,
    until: Infinity,
  });
  return JSON.stringify(done);
});
clearInterval(watch);
