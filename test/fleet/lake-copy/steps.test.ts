/** What a copy does at each of its steps: ended there, refused there, beside a source and a destination that change. */
import { beforeEach, describe, expect, test } from "@jest/globals";
import type { StackLake } from "../../../fleet/commands/lake/stack-lake.ts";
import type { CloudLake } from "../../../fleet/lake-copy/cloud-destination.ts";
import { withNamedRights } from "../../../fleet/lake-copy/named-rights.ts";
import { parquetSink, rawZone } from "../../../functions/adapters/lake.ts";
import { duckDbMerge } from "../../../functions/adapters/duckdb-merge.ts";
import { quarantineBlock, readingsBlock } from "../../../functions/core/columns.ts";
import type { Message, Reading } from "../../../functions/core/model.ts";
import { compactLake } from "../../../functions/lake/compaction.ts";
import { memoryLake, type MemoryLake } from "../../support/memory-lake.ts";
import { pressReadings } from "../../support/press-reading.ts";
import { cloudStack, copied, figures, messagesOf, rowsOf } from "./support.ts";

const places = { raw: "raw", curated: "curated", quarantine: "quarantine" };
/** Two days ago, at an hour's begin. */
const at = (Math.floor(Date.now() / 3_600_000) - 48) * 3_600_000_000;
const reading = pressReadings(at);
const id = (byte: number) => new Uint8Array(16).fill(byte);
const values = (from: number, count: number, over: Partial<Reading> = {}): Reading[] =>
  Array.from({ length: count }, (_, index) =>
    reading({ msgId: id(from + index), ts: at + from + index, valueDouble: from + index, ...over }),
  );
const message = (seq: number): Message => ({
  ...{ tenant: "acme", deviceId: "press-01", channel: "telemetry", lane: "live" },
  ...{ receivedAt: at + seq, position: `0:${seq}`, payload: Buffer.from(`{"seq":${seq}}`) },
});

/** Long enough ago for a compaction to look at it. */
const landed = () => Date.now() - 3 * 3_600_000;

let from: MemoryLake;
let to: MemoryLake;
const lakeOf = (lake: MemoryLake): CloudLake => ({ places, ...lake });
const stackOf = (lake: MemoryLake, stack: string): StackLake & { readonly cloud: CloudLake } => {
  const cloud = lakeOf(lake);
  return { ...cloudStack(stack, "azure", cloud), name: stack, cloud };
};
const copyAll = (signal?: AbortSignal) =>
  copied(stackOf(from, "azure-dev"), stackOf(to, "aws-dev"), {}, signal);
const write = (lake: MemoryLake, ...readings: Reading[]) =>
  parquetSink(lake.objects, "curated", "hex").write(readingsBlock(readings));
const compacted = (lake: MemoryLake) =>
  compactLake("curated", {
    ...lake,
    merge: duckDbMerge({ memory: "128MB", codec: "ZSTD", version: "V2" }),
    ...{ now: Date.now, until: Infinity },
    complain: (message) => {
      throw new Error(message);
    },
  });

beforeEach(async () => {
  from = memoryLake(landed);
  to = memoryLake(landed);
  for (const start of [1, 11, 21]) await write(from, ...values(start, 3));
  await write(from, reading({ ts: at - 3_600_000_000, msgId: id(99) }));
  await rawZone(from.objects, "raw").keep([message(1), message(2)]);
  const said = {
    msgId: id(77),
    reason: "schema",
    detail: "no",
    codec: "machine-json",
    codecVersion: "1",
  } as const;
  await parquetSink(from.objects, "quarantine", "hex").write(
    quarantineBlock([{ message: message(3), ...said }]),
  );
});

const answers = async (lake: MemoryLake) => [await rowsOf(lakeOf(lake)), await messagesOf(lakeOf(lake))];
const isWhole = async () => expect(await answers(to)).toEqual(await answers(from));

describe("ended at any step", () => {
  /** Like a kill: nothing after the step happens, and nothing of the process is left. */
  const killedAt = async (last: number): Promise<boolean> => {
    let [steps, isDead] = [0, false];
    to.onStep = () => {
      if (isDead || ++steps > last) {
        isDead = true;
        throw new Error("killed");
      }
    };
    const { error } = await copyAll();
    to.onStep = () => undefined;
    expect(error === null).toBe(!isDead);
    return isDead;
  };

  test("the same command does the rest; nothing is lost or doubled", async () => {
    const [empty, whole] = [to, await answers(from)];
    let kills = 0;
    for (let step = 0; ; step++) {
      to = memoryLake(landed, empty);
      if (!(await killedAt(step))) break;
      kills++;
      const { error } = await copyAll();
      expect(error).toBeNull();
      expect(await answers(to)).toEqual(whole);
    }
    expect(kills).toBeGreaterThan(20);
  }, 120_000);

  test("so does one that takes the place of what the source has replaced", async () => {
    await copyAll();
    await write(from, ...values(31, 3));
    expect((await compacted(from)).merged).toBe(4);
    const [before, whole] = [to, await answers(from)];
    for (let step = 0; ; step++) {
      to = memoryLake(landed, before);
      const isDead = await killedAt(step);
      expect((await copyAll()).error).toBeNull();
      expect(await answers(to)).toEqual(whole);
      if (!isDead) break;
    }
  }, 120_000);

  test("by Ctrl-C it says how to go on", async () => {
    const ended = new AbortController();
    to.onStep = (step) => {
      if (step.startsWith("create readings")) ended.abort();
    };
    const { error } = await copyAll(ended.signal);
    expect(error).toMatchObject({ message: "interrupted", exitCode: 130 });
    to.onStep = () => undefined;
    await copyAll();
    await isWhole();
  });
});

describe("a destination with rows of its own", () => {
  test("keeps what it has decoded by a newer version, wherever those rows lie, and says so", async () => {
    const newer = { codecVersion: "2", valueDouble: 0.5 };
    const moved = values(1, 1, { ...newer, ts: at + 3_600_000_000 });
    await write(to, ...values(2, 1, newer), ...moved);
    const { sums, error } = await copyAll();
    expect(error).toBeNull();
    expect(figures(sums)["readings"]).toEqual([10, 8, 0, 2]);
    const rows = (await rowsOf(lakeOf(to)))["readings"] as Record<string, unknown>[];
    expect(rows).toHaveLength(10);
    expect(rows.filter(({ codec_version }) => codec_version === "2")).toHaveLength(2);
    expect((await copyAll()).sums.tables).toEqual([]);
  });

  test("keeps what came to both, once", async () => {
    await write(to, ...values(1, 2, { ingestTs: at + 5 }));
    expect(figures((await copyAll()).sums)["readings"]).toEqual([10, 8, 2, 0]);
    expect((await rowsOf(lakeOf(to)))["readings"]).toHaveLength(10);
  });

  test("may merge what was copied with its own: the source's next files double nothing", async () => {
    await copyAll();
    await write(to, ...values(41, 3));
    expect((await compacted(to)).merged).toBe(4);
    await write(from, ...values(31, 3));
    await compacted(from);
    const { sums, error } = await copyAll();
    expect([error, figures(sums)["readings"]]).toEqual([null, [12, 3, 9, 0]]);
    expect((await rowsOf(lakeOf(to)))["readings"]).toHaveLength(16);
  });
});

describe("a source", () => {
  test("that has decoded messages anew since: its new rows take the place of those that were copied", async () => {
    await copyAll();
    const [old] = [...from.stored.keys()].filter(
      (key) => key.startsWith("curated/readings/") && key.includes(hour),
    );
    from.stored.delete(old!);
    const kept = (await rowsOf(lakeOf(from)))["readings"]!.length;
    await write(
      from,
      ...values(1, 3, { codecVersion: "2" }),
      ...values(11, 3, { codecVersion: "2" }),
      ...values(21, 3, { codecVersion: "2" }),
    );
    for (const key of [...from.stored.keys()])
      if (key.startsWith(`curated/readings/${hour}`) && !isNewest(key)) from.stored.delete(key);
    expect(kept).toBe(7);
    const { error } = await copyAll();
    expect(error).toBeNull();
    await isWhole();
  });

  test("whose retention took files away takes none from the destination", async () => {
    await copyAll();
    const before = await rowsOf(lakeOf(to));
    for (const key of [...from.stored.keys()])
      if (key.startsWith("curated/readings/")) from.stored.delete(key);
    await write(from, reading({ ts: at + 7_200_000_000, msgId: id(120) }));
    await copyAll();
    expect((await rowsOf(lakeOf(to)))["readings"]).toEqual(expect.arrayContaining(before["readings"]!));
  });

  test("with a damaged file of rows and one of messages: both are named, the rest comes", async () => {
    const spoil = (prefix: string) => {
      const key = [...from.stored.keys()].find((name) => name.startsWith(prefix))!;
      from.stored.set(key, { bytes: Buffer.from("PAR1 nothing"), modifiedMs: Date.now() });
      return key;
    };
    const spoilt = [spoil("curated/readings/"), spoil("raw/live/")];
    const { sums, error } = await copyAll();
    expect(error?.message).toBe("2 files of azure-dev could not be copied whole; everything else was");
    expect(error?.advice?.map((line) => line.split(":")[0]).sort()).toEqual(
      spoilt.map((key) => key.slice(key.indexOf("/") + 1)).sort(),
    );
    expect(figures(sums)["quarantine"]).toEqual([1, 1, 0, 0]);
    expect(sums.damaged).toHaveLength(2);
  });
});

test("only the hours that are asked for; times that are none are refused", async () => {
  const ends = [stackOf(from, "azure-dev"), stackOf(to, "aws-dev")] as const;
  const { sums } = await copied(...ends, { to: at });
  expect(figures(sums)).toEqual({ readings: [1, 1, 0, 0] });
  for (const wrong of [{ from: at + 60_000_000 }, { from: at, to: at }])
    expect((await copied(...ends, wrong)).error?.message).toMatch(/^--(from|to)/);
  await copyAll();
  await isWhole();
});

test("another environment is refused; a missing right is named with its zone", async () => {
  const [here, there] = [stackOf(from, "azure-dev"), stackOf(to, "aws-dev")];
  const other = { ...there, config: { ...there.config, environment: "other" } };
  expect((await copied(here, other)).error?.message).toMatch(/"acme" and aws-dev "other"/);
  const refused = withNamedRights(
    {
      ...there.cloud,
      objects: {
        ...there.cloud.objects,
        create: () => Promise.reject(new Error("could not write s3://curated/x: HTTP 403, AccessDenied")),
      },
    },
    "aws",
    "aws-dev",
  );
  const { error } = await copied(here, { ...there, cloud: refused });
  expect([error?.message, error?.advice?.[0]]).toEqual([
    "aws-dev: could not write s3://curated/x: HTTP 403, AccessDenied",
    expect.stringMatching(/s3:PutObject .* kms:GenerateDataKey/),
  ]);
});

const hour = `dt=${new Date(at / 1_000).toISOString().slice(0, 10)}/hr=${new Date(at / 1_000).toISOString().slice(11, 13)}`;
/** Of the hour, the file that came last. */
const isNewest = (key: string): boolean =>
  [...from.stored.keys()].filter((name) => name.startsWith(`curated/readings/${hour}`)).at(-1) === key;
