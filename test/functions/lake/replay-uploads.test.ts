/** Replay of uploaded files over a cloud's lake: by value, ended at every step, and what it leaves alone. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { parquetWriteBuffer } from "hyparquet-writer";
import { parquetSink, rawZone } from "../../../functions/adapters/lake.ts";
import { readingsBlock } from "../../../functions/core/columns.ts";
import { createDecoder } from "../../../functions/core/decoder.ts";
import { Fault } from "../../../functions/core/fault.ts";
import type { Message } from "../../../functions/core/model.ts";
import type { Profile } from "../../../functions/core/profiles/profile.ts";
import { dayFiles } from "../../../functions/lake/day-files.ts";
import { nodePorts } from "../../../functions/platform.ts";
import { takeUploaded, type UploadPorts } from "../../../functions/uploaded-file.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { memoryLake, type MemoryLake } from "../../support/memory-lake.ts";
import { parquetRows } from "../parquet-rows.ts";
import { replayIn, uploadsOf } from "./replaying.ts";

/** When all files came, as a store has it. */
const at = Date.UTC(2026, 10, 21, 7, 15);
const days = ["2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"];
const bindings = [
  { devices: "*", channel: "telemetry/log", profile: "logger-csv" },
  { devices: "*", channel: "events", profile: "machine-json" },
  { devices: "*", profile: "machine-json" },
];
const batch = { messages: 5, bytes: 1 << 20 };
let profiles: Record<"before" | "after", readonly Profile[]>;
beforeAll(async () => {
  const [machine, csv] = (await readProfiles(["machine-json", "logger-csv"])) as [Profile, Profile];
  const fields = "fields" in machine ? (machine.fields as { path: string }[]) : [];
  const narrow = { ...machine, fields: fields.filter(({ path }) => path !== "humidity") } as Profile;
  profiles = {
    before: [narrow, csv],
    after: [{ ...machine, version: "2", identity: "content" } as Profile, csv],
  };
});

const hoursApart = 5;
const line = (seq: number, said: object = {}): string => {
  const ts = at - (100 - seq * hoursApart) * 3_600_000;
  return `${JSON.stringify({ seq, ts, temperature: 20 + seq, humidity: 40 + seq, ...said })}\n`;
};
const lines = (count: number): string => Array.from({ length: count }, (_, seq) => line(seq)).join("");
const csv = "time,temperature,running\n2026-11-20T00:00:00Z,21.5,true\n";

interface Upload {
  readonly place: string;
  readonly content: string | Uint8Array;
  readonly metadata?: Readonly<Record<string, string>>;
}
const uploads: readonly Upload[] = [
  // Over days and batches, with a record that is refused.
  { place: "press-01/telemetry", content: `${lines(12)}no json\n` },
  // Of the same device and second: another file, packed, and one of another profile.
  { place: "press-01/events", content: gzipSync(line(3, { temperature: 7 })) },
  { place: "press-01/telemetry/log", content: csv },
  { place: "press-02/telemetry", content: line(4), metadata: { clock: "0=3600000000" } },
  // Refused as files.
  { place: "press-03/telemetry", content: gzipSync(lines(30)).subarray(0, 60) },
];
const keyOf = ({ place, content }: Upload): string =>
  `offline/${place}/${createHash("sha256").update(content).digest("hex")}`;

const live: Message = {
  ...{ tenant: "acme", deviceId: "press-01", channel: "telemetry", lane: "live" },
  ...{ receivedAt: at * 1_000, position: "0:1", payload: Buffer.from(line(50)) },
};

async function lakeOf(
  version: "before" | "after",
  files: readonly Upload[] = uploads,
  messages: readonly Message[] = [live],
): Promise<MemoryLake> {
  const lake = memoryLake(() => at);
  const ports = uploadsOf(lake, profiles[version], bindings, batch);
  for (const file of files) {
    await lake.objects.create("raw", keyOf(file), Buffer.from(file.content), file.metadata);
    await takeUploaded("raw", keyOf(file), ports);
  }
  if (messages.length === 0) return lake;
  await rawZone(lake.objects, "raw").keep(messages);
  const decoder = createDecoder(profiles[version], bindings, { ...nodePorts, tenant: "acme" });
  await parquetSink(lake.objects, "curated", "hex").write(readingsBlock(decoder.decode(messages).readings));
  return lake;
}

const replayed = (lake: MemoryLake, over: Parameters<typeof replayIn>[2] = {}) =>
  replayIn(
    lake,
    {
      ...{ codec: { name: "machine-json", version: "2" }, from: at * 1_000, to: at * 1_000 + 1 },
      ...{ profiles: profiles.after, bindings, batch },
    },
    over,
  );

async function all(lake: MemoryLake) {
  const rowsOf = async (container: string, table: string, select: string) => {
    const found = await dayFiles(container, table, days, lake);
    const files = found.flatMap((day) =>
      day.files.map(({ key }) => lake.stored.get(`${container}/${key}`)!.bytes),
    );
    return parquetRows(files, select);
  };
  const manifests = [...lake.stored].flatMap(([name, { bytes }]) => {
    if (!name.startsWith("curated/_manifest/offline/")) return [];
    const { replayed: _, ...record } = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    return [record];
  });
  return {
    readings: await rowsOf("curated", "readings", "*"),
    quarantine: await rowsOf("quarantine", "quarantine", "*"),
    manifests: manifests.toSorted((one, other) => (String(one["file"]) < String(other["file"]) ? -1 : 1)),
  };
}
const names = (lake: MemoryLake): string[] => [...lake.stored.keys()];

class Killed extends Error {}

describe("uploaded files in a cloud", () => {
  test("have the rows and manifests that they had by the newer profile from the beginning; again nothing changes", async () => {
    const lake = await lakeOf("before");
    const [was, wanted] = [await all(lake), await all(await lakeOf("after"))];
    expect(was.readings.length).toBeLessThan(wanted.readings.length);
    const dry = await replayed(lake, { dryRun: true });
    expect(await all(lake)).toEqual(was);
    const slices = await replayed(lake);
    expect(await all(lake)).toEqual(wanted);
    expect(slices).toEqual(dry);
    expect(slices).toMatchObject([
      { files: 0, messages: 1 },
      { files: 4, messages: 15, unreplayable: 0, tables: [{ table: "quarantine" }, { table: "readings" }] },
    ]);
    const there = names(lake);
    const again = await replayed(lake, { run: 2 });
    expect(again.map(({ changes }) => changes)).toEqual([0, 0]);
    expect(names(lake)).toEqual(there);
  }, 60_000);

  test("that are Parquet too, row group by row group", async () => {
    const seqs = Array.from({ length: 12 }, (_, seq) => seq);
    const columnData = [
      { name: "seq", data: seqs },
      { name: "ts", data: seqs.map((seq) => BigInt(at - (100 - seq * hoursApart) * 3_600_000)) },
      { name: "humidity", data: seqs },
    ];
    const content = Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 5 }));
    const file: Upload = { place: "press-01/telemetry", content };
    const lake = await lakeOf("before", [file], []);
    expect((await all(lake)).readings).toEqual([]);
    await replayed(lake);
    const replays = await all(lake);
    expect(replays).toEqual(await all(await lakeOf("after", [file], [])));
    expect(replays).toMatchObject({ manifests: [{ container: "parquet", readings: 12 }] });
  });

  test("name the run in the manifest and in the record of each day", async () => {
    const lake = await lakeOf("before");
    const run = 1_795_000_000_000;
    await replayed(lake, { run });
    const manifestOf = (file: Upload): unknown =>
      JSON.parse(Buffer.from(lake.stored.get(`curated/_manifest/${keyOf(file)}.json`)!.bytes).toString());
    expect(manifestOf(uploads[0]!)).toMatchObject({
      profile: "machine-json",
      codec_version: "2",
      replayed: run,
    });
    expect(manifestOf(uploads[2]!)).not.toHaveProperty("replayed");
    const found = await dayFiles("curated", "readings", days, lake);
    expect(found.map(({ record }) => record?.note)).toContainEqual({
      ...{ kind: "replayed", run, codec: { name: "machine-json", version: "2" }, lane: "offline" },
      ...{ hour: "2026-11-21T07:00:00.000000Z", objects: 4, messages: 15, fromQuarantine: 0 },
      ...{
        before: expect.any(Number),
        after: expect.any(Number),
        raw: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  }, 60_000);

  test("ended at any step, a second run does the rest: nothing is lost or doubled", async () => {
    const few = [{ place: "press-01/telemetry", content: `${line(0)}${line(19)}no json\n` }, uploads[1]!];
    const former = await lakeOf("before", few, []);
    const steps: string[] = [];
    const copy = (onStep: MemoryLake["onStep"]) =>
      Object.assign(
        memoryLake(() => at, former),
        { onStep },
      );
    await replayed(copy((step) => void steps.push(step)));
    const wanted = await all(await lakeOf("after", few, []));
    const writing = steps.flatMap((step, index) => (/^(create|remove|put)/.test(step) ? [index] : []));
    expect(writing.length).toBeGreaterThan(8);
    expect(steps.filter((step) => step.startsWith("put _manifest/offline/"))).toHaveLength(2);
    for (const last of writing) {
      let left = last;
      const lake = copy(() => {
        if (left-- <= 0) throw new Killed();
      });
      await expect(replayed(lake)).rejects.toThrow(Killed);
      lake.onStep = () => undefined;
      await replayed(lake, { run: 2 });
      expect([steps[last], await all(lake)]).toEqual([steps[last], wanted]);
    }
  }, 60_000);

  test("become rows where they were refused, and are refused where the profile no more reads them", async () => {
    const file = { place: "lamp-01/telemetry", content: lines(2) };
    const taken = async (bound: typeof bindings) => {
      const lake = memoryLake(() => at);
      await lake.objects.create("raw", keyOf(file), Buffer.from(file.content));
      await takeUploaded("raw", keyOf(file), uploadsOf(lake, profiles.after, bound, batch));
      return lake;
    };
    const lake = await taken(bindings.slice(0, 1));
    expect(await all(lake)).toMatchObject({ readings: [], quarantine: [{ reason: "no-codec" }] });
    await replayed(lake);
    const wanted = await all(await taken(bindings));
    expect(wanted).toMatchObject({ quarantine: [], manifests: [{ readings: 4, refused: null }] });
    expect(await all(lake)).toEqual(wanted);
    const ini = { ...profiles.after[0], file: { format: "ini", record: "Cycle*" } } as unknown as Profile;
    const asked = { codec: { name: "machine-json", version: "2" }, from: 0, to: at * 1_000 + 1, batch };
    await replayIn(lake, { ...asked, profiles: [ini], bindings: bindings.slice(1) });
    expect(await all(lake)).toMatchObject({
      ...{ readings: [], quarantine: [{ device_id: "lamp-01", lane: "offline" }] },
      manifests: [{ refused: expect.any(String), readings: 0 }],
    });
  }, 60_000);
});

describe("files that keep the rows that they have, and it is said why", () => {
  const [large, packed, log] = uploads as [Upload, Upload, Upload];
  const pathOf = (file: Upload) => `raw/${keyOf(file)}`;
  const manifestPath = (file: Upload) => `curated/_manifest/${keyOf(file)}.json`;
  const late = (ports: UploadPorts): UploadPorts => ({
    ...ports,
    decoding() {
      const { decoder, ...rest } = ports.decoding();
      const decodeInto: typeof decoder.decodeInto = (message, sink) => {
        sink.begin();
        sink.quarantine(decoder.refuse(message, new Fault("codec-timeout", "3 s")));
      };
      return { ...rest, decoder: { ...decoder, decodeInto } };
    },
  });
  test.each<[string, RegExp, (lake: MemoryLake) => Parameters<typeof replayIn>[2] | void]>([
    ["under way", /not told of its end/, (lake) => void lake.stored.delete(manifestPath(large))],
    [
      "damaged since",
      /it is damaged: .*SHA-256/,
      (lake) => void lake.stored.set(pathOf(large), { bytes: Buffer.from(line(1)), modifiedMs: at }),
    ],
    [
      "beside one that is gone",
      /not in the raw zone any more/,
      (lake) => void lake.stored.delete(pathOf(packed)),
    ],
    [
      "beside one whose rows are of the same profile and which is read by another now",
      /of another profile came in the same second/,
      (lake) => {
        const { bytes, ...rest } = lake.stored.get(manifestPath(log))!;
        const text = Buffer.from(bytes).toString().replace("logger-csv", "machine-json");
        lake.stored.set(manifestPath(log), { ...rest, bytes: Buffer.from(text) });
      },
    ],
    [
      "whose codec runs out of time",
      /ran out of time/,
      (lake) => ({ uploads: late(uploadsOf(lake, profiles.after, bindings, batch)) }),
    ],
  ])("%s", async (_what, why, change) => {
    const lake = await lakeOf("before", [large, packed, log]);
    await replayed(lake, { to: at * 1_000 });
    const over = change(lake) ?? {};
    const was = await all(lake);
    const left: string[] = [];
    const onLeft = (file: string, reason: string) => {
      expect(reason).toMatch(why);
      left.push(file);
    };
    const slices = await replayed(lake, { ...over, onLeft });
    expect(left.toSorted()).toEqual(
      [large, packed]
        .filter((file) => lake.stored.has(pathOf(file)))
        .map(keyOf)
        .toSorted(),
    );
    const now = await all(lake);
    const offline = (rows: typeof was.readings) => rows.filter(({ lane }) => lane === "offline");
    expect([offline(now.readings), now.quarantine, now.manifests]).toEqual([
      offline(was.readings),
      was.quarantine,
      was.manifests,
    ]);
    expect(slices.at(-1)).toMatchObject({ files: 0, changes: 0 });
  });
});
