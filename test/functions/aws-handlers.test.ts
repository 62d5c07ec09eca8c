/** The functions of the aws target: events in, objects and answers out, by signed HTTP against a server of our own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { FirehoseTransformationEvent, KinesisStreamEvent } from "aws-lambda";
import { lambdaIngest, type LambdaIngest } from "../../functions/adapters/lambda-ingest.ts";
import { settingsFile } from "../../functions/aws-agreements.ts";
import { createHandler as firehoseHandler } from "../../functions/handlers/aws-firehose.ts";
import { createHandler as kinesisHandler } from "../../functions/handlers/aws-kinesis.ts";
import type { Metrics } from "../../functions/ports.ts";
import { readProfiles } from "../../profiles/read.ts";
import { encodeFrame } from "../../functions/core/formats/raw-binary-encode.ts";
import { kinesisEvent, packedRecords } from "./kinesis-events.ts";
import { startFakeAws, type FakeAws } from "./aws-server.ts";

/** 2026-11-21T07:15:00Z, milliseconds. */
const at = Date.UTC(2026, 10, 21, 7, 15);

let aws: FakeAws;
let folder: string;
let ingest: LambdaIngest;
let counted: Record<string, number>[];

beforeAll(async () => {
  aws = await startFakeAws();
  folder = await mkdtemp(join(tmpdir(), "lambda-"));
  const bindings = [
    { devices: "wrist-*", profile: "wearable-imu" },
    { devices: "burst-*", profile: "burst" },
    { devices: "*", profile: "machine-json" },
  ];
  const burst = {
    name: "burst",
    version: "1",
    description: "Several samples of one value in a message",
    format: "json",
    samples: "s",
    time: { path: "ts", unit: "ms" },
    fields: [{ path: "v" }],
  };
  const profiles = [...(await readProfiles(["machine-json", "wearable-imu"])), burst];
  const settings = { tenant: "acme", profiles, bindings, clockWindow: { behind: 604_800, ahead: 600 } };
  await writeFile(join(folder, settingsFile), JSON.stringify(settings));
  const buckets = { RAW_BUCKET: "raw", CURATED_BUCKET: "curated", QUARANTINE_BUCKET: "quarantine" };
  Object.assign(buckets, { BIRTHS_TABLE: "births" });
  const made = lambdaIngest({ ...aws.env, ...buckets, LAMBDA_TASK_ROOT: folder });
  const metrics: Metrics = { put: (values) => void counted.push({ ...values }) };
  ingest = { ...made, ports: { ...made.ports, metrics } };
});
afterAll(async () => {
  await aws.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  aws.objects.clear();
  aws.fail(0);
  counted = [];
});

const envelope = (payload: string | Uint8Array, over: object = {}): string =>
  JSON.stringify({
    b: Buffer.from(payload).toString("base64"),
    t: "devices/press-01/telemetry",
    c: "press-01",
    ts: at,
    ...over,
  });

const reading = (seq: number, temperature: number, ts: number = at): string =>
  JSON.stringify({ seq, ts, temperature });

const kinesis = (...data: readonly (string | Uint8Array)[]): KinesisStreamEvent =>
  kinesisEvent(
    data.map((one, index) => ({
      SequenceNumber: `4957${index}`,
      PartitionKey: "press-01",
      Data: Buffer.from(one).toString("base64"),
      ApproximateArrivalTimestamp: at / 1_000,
    })),
  );

const firehose = (...data: readonly string[]): FirehoseTransformationEvent => ({
  invocationId: "i",
  deliveryStreamArn: "arn",
  region: "eu-central-1",
  records: data.map((one, index) => ({
    recordId: `record-${index}`,
    approximateArrivalTimestamp: at,
    data: Buffer.from(one).toString("base64"),
  })),
});

const under = (prefix: string): string[] =>
  [...aws.objects.keys()].filter((key) => key.startsWith(prefix)).sort();

/** Rows of Parquet objects, by an engine that is not ours. */
async function rowsOf(prefix: string, select: string, order = "ALL"): Promise<unknown[]> {
  const files = await Promise.all(
    under(prefix).map(async (key, index) => {
      const file = join(folder, `${index}.parquet`);
      await writeFile(file, (aws.objects.get(key) as { bytes: Buffer }).bytes);
      return `'${file}'`;
    }),
  );
  const connection: DuckDBConnection = await (await DuckDBInstance.create()).connect();
  const answer = await connection.runAndReadAll(
    `SELECT ${select} FROM read_parquet([${files.join(", ")}], union_by_name = true) ORDER BY ${order}`,
  );
  return answer.getRowObjectsJson();
}

describe("Lambda on Kinesis", () => {
  test("writes raw, rows and quarantine; good data beside bad is not held back", async () => {
    const answer = await kinesisHandler(ingest)(
      kinesis(
        envelope(reading(1, 21.5)),
        envelope("not json"),
        envelope(reading(2, 22.5, at + 3_600_000 - (at % 3_600_000) + 60_000)),
        "no envelope",
        envelope(reading(3, 1), { c: "press-02" }),
        Buffer.from([0xf4, 0xff]),
      ),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(under("curated/").map((key) => key.replace(/[0-9a-f]{64}/, "#"))).toEqual([
      "curated/readings/dt=2026-11-21/hr=07/#.parquet",
      "curated/readings/dt=2026-11-21/hr=08/#.parquet",
    ]);
    const rows = await rowsOf(
      "curated/readings",
      "tenant, device_id, metric, value_double, seq, length(msg_id) AS id, lane, codec, typeof(ts) AS type, epoch_ms(ts) AS ts",
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      tenant: "acme",
      device_id: "press-01",
      metric: "temperature",
      value_double: 21.5,
      seq: "1",
      id: "32",
      lane: "live",
      codec: "machine-json",
      type: "TIMESTAMP WITH TIME ZONE",
      ts: String(at),
    });
    expect(await rowsOf("quarantine/", "reason, device_id")).toEqual([
      { reason: "id-mismatch", device_id: "press-02" },
      { reason: "not-well-formed", device_id: "" },
      { reason: "not-well-formed", device_id: "press-01" },
      { reason: "schema", device_id: "" },
    ]);
    const [raw] = under("raw/live/dt=2026-11-21/hr=07/");
    const lines = gunzipSync((aws.objects.get(String(raw)) as { bytes: Buffer }).bytes)
      .toString()
      .trim()
      .split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { position: string }).position)).toHaveLength(6);
    expect(counted).toEqual([
      { Messages: 6, Repeats: 0, Quarantined: 4, Readings: 2, Frames: 0, Warnings: 0 },
    ]);
  });

  test("splits what a producer's library packed, each record with a place of its own", async () => {
    await kinesisHandler(ingest)(kinesis(packedRecords([1, 2].map((seq) => envelope(reading(seq, seq))))));
    expect(await rowsOf("curated/", "seq")).toEqual([{ seq: "1" }, { seq: "2" }]);
    expect(counted[0]).toMatchObject({ Messages: 2, Quarantined: 0 });
  });

  test("writes nothing twice when the batch comes again, and drops a repeat within it", async () => {
    const event = kinesis(envelope(reading(1, 21.5)), envelope(reading(1, 21.5)), envelope(reading(2, 22)));
    await kinesisHandler(ingest)(event);
    const before = [...aws.objects.keys()];
    expect(await kinesisHandler(ingest)(event)).toEqual({ batchItemFailures: [] });
    expect([...aws.objects.keys()]).toEqual(before);
    expect(await rowsOf("curated/", "seq")).toEqual([{ seq: "1" }, { seq: "2" }]);
    expect(counted[0]).toMatchObject({ Repeats: 1 });
  });

  test("overcomes throttling by itself, and gives the batch back when a sink stays down", async () => {
    aws.fail(2);
    expect(await kinesisHandler(ingest)(kinesis(envelope(reading(1, 1))))).toEqual({ batchItemFailures: [] });
    aws.fail(1_000);
    const silent = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const answer = await kinesisHandler(ingest)(kinesis(envelope(reading(2, 1)), envelope(reading(3, 1))));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "49570" }] });
    expect(String(silent.mock.calls[0]?.[0])).toMatch(
      /could not write s3:\/\/raw\/live\/.*HTTP 503, SlowDown/,
    );
    silent.mockRestore();
  });
});

describe("Lambda as Firehose transformation", () => {
  test("answers every record once: rows as lines with their partition, the rest dropped after it was kept", async () => {
    const { records } = await firehoseHandler(ingest)(
      firehose(envelope(reading(1, 21.5)), envelope("not json"), envelope(reading(2, 22, at + 3_600_000))),
    );
    expect(records.map(({ recordId, result, metadata }) => [recordId, result, metadata])).toEqual([
      ["record-0", "Ok", { partitionKeys: { dt: "2026-11-21", hr: "07" } }],
      ["record-1", "Dropped", undefined],
      ["record-2", "Ok", { partitionKeys: { dt: "2026-11-21", hr: "08" } }],
    ]);
    const text = Buffer.from(records[0]?.data ?? "", "base64").toString();
    expect(text.endsWith("}\n")).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      device_id: "press-01",
      metric: "temperature",
      value_double: 21.5,
      ts: "2026-11-21T07:15:00.000000Z",
      msg_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(await rowsOf("quarantine/", "reason")).toEqual([{ reason: "not-well-formed" }]);
  });

  test("writes high-rate frames as a wide table beside it, where 36 times the bytes would not go through", async () => {
    const [imu] = await readProfiles(["wearable-imu"]);
    if (imu?.format !== "raw-binary" || !imu.layout) throw new Error("the profile is another");
    const header = { layout_version: 1, activity: "walking", sequence: 1, time: at, sample_period: 0.02 };
    const sample = { accel_x: 0.1, accel_y: 0.2, accel_z: 1, gyro_x: 1, gyro_y: 2, gyro_z: 3 };
    const frame = encodeFrame(imu.layout, header, [sample, sample, sample, sample]);
    const record = envelope(frame, { t: "devices/wrist-01/telemetry/imu", c: "wrist-01" });
    const { records } = await firehoseHandler(ingest)(firehose(record));
    expect(
      await rowsOf("curated/frames_wearable_imu/dt=2026-11-21/hr=07/", "device_id, accel_z, gyro_z"),
    ).toEqual(Array.from({ length: 4 }, () => ({ device_id: "wrist-01", accel_z: 1, gyro_z: 3 })));
    // The wearer's activity is a reading, and travels with Firehose.
    expect(records.map(({ result }) => result)).toEqual(["Ok"]);
  });

  test("writes what lies in another hour than its message's first reading into a file of that hour", async () => {
    const samples = [0, 1, 2].map((step) => ({ ts: at + step * 3_600_000, v: step }));
    const record = envelope(JSON.stringify({ s: samples }), { t: "devices/burst-1/telemetry", c: "burst-1" });
    const { records } = await firehoseHandler(ingest)(firehose(record));
    const lines = Buffer.from(records[0]?.data ?? "", "base64")
      .toString()
      .trim()
      .split("\n");
    expect(lines).toHaveLength(1);
    expect(under("curated/readings/").map((key) => key.slice(17, 37))).toEqual([
      "dt=2026-11-21/hr=08/",
      "dt=2026-11-21/hr=09/",
    ]);
  });

  test("keeps its answer below what Firehose takes: the rest becomes a file of its own, nothing is lost", async () => {
    const all = { humidity: 1, vibration: 2, cycles: 3, state: "on", running: true };
    const messages = Array.from({ length: 3_000 }, (_, seq) =>
      envelope(JSON.stringify({ seq, ts: at, temperature: seq, ...all })),
    );
    const { records } = await firehoseHandler(ingest)(firehose(...messages));
    const bytes = Buffer.byteLength(JSON.stringify({ records }));
    expect(bytes).toBeLessThan(6_000_000 + 300 * records.length);
    const answered = records.filter(({ result }) => result === "Ok").length;
    expect(answered).toBeGreaterThan(1_000);
    expect(answered).toBeLessThan(3_000);
    expect(await rowsOf("curated/readings", "count(*)::INT AS n")).toEqual([{ n: 6 * (3_000 - answered) }]);
  });

  test("fails as a whole where raw can't be kept, so that Firehose sends the records again", async () => {
    aws.fail(1_000);
    await expect(firehoseHandler(ingest)(firehose(envelope(reading(1, 1))))).rejects.toThrow(/HTTP 503/);
  });
});

test("a function without its settings says which variable is missing", () => {
  expect(() => lambdaIngest({ ...aws.env, LAMBDA_TASK_ROOT: folder })).toThrow(/RAW_BUCKET is not set/);
});
