/** The functions that keep the knowledge of the aws target fresh: a file that landed, and the scheduled insight. */
import "reflect-metadata";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { DuckDBInstance } from "@duckdb/node-api";
import * as x509 from "@peculiar/x509";
import { webcrypto } from "node:crypto";
import { awsAccess } from "../../functions/adapters/aws-client.ts";
import { latestStateTable } from "../../functions/adapters/dynamodb.ts";
import { embeddedMetrics } from "../../functions/adapters/embedded-metrics.ts";
import { parquetSink } from "../../functions/adapters/lake.ts";
import { s3Objects } from "../../functions/adapters/s3.ts";
import { frameBlocks, readingsBlock } from "../../functions/core/columns.ts";
import type { FrameRow, Reading } from "../../functions/core/model.ts";
import { createInsight as insightHandler } from "../../functions/insight.ts";
import { createHandler as landedHandler } from "../../functions/handlers/aws-landed.ts";
import type { LatestState, ObjectStore } from "../../functions/ports.ts";
import { CloudBook } from "../../functions/alarms/cloud-book.ts";
import { cloudRules } from "../../functions/alarms/cloud-rules.ts";
import { alarmRules } from "../../functions/core/alarm-rule.ts";
import { memoryDocuments } from "./alarms/memory-documents.ts";
import { startFakeAws, type FakeAws } from "./aws-server.ts";
import { pressReadings } from "../support/press-reading.ts";

/** Of what nothing here loses. */
const fail = (message: string): never => {
  throw new Error(message);
};

/** 2026-11-21T07:15:00Z, microseconds. */
const at = Date.UTC(2026, 10, 21, 7, 15) * 1_000;
const minute = 60_000_000;

let aws: FakeAws;
let objects: ObjectStore;
let latest: LatestState;
const lines: string[] = [];
const metrics = embeddedMetrics(
  "acme",
  (line) => void lines.push(line),
  () => at / 1_000,
);

beforeAll(async () => {
  aws = await startFakeAws();
  const access = awsAccess(aws.env);
  objects = s3Objects(access);
  latest = latestStateTable(access, "latest", 10);
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.objects.clear();
  aws.items.clear();
  lines.length = 0;
});

const reading = pressReadings(at);

/** What S3 tells through EventBridge when an object is there. */
const landed = (key: string) => ({ detail: { bucket: { name: "curated" }, object: { key } } }) as never;
const handle = (key: string) =>
  landedHandler({ objects, latest, metrics, rules: null, marksDue: false, now: () => at / 1_000 + 5_000 })(
    landed(key),
  );

async function land(readings: readonly Reading[]): Promise<string[]> {
  const before = new Set(aws.objects.keys());
  await parquetSink(objects, "curated", "hex").write(readingsBlock(readings));
  const keys = [...aws.objects.keys()]
    .filter((key) => !before.has(key))
    .map((key) => key.slice("curated/".length));
  for (const key of keys) await handle(key);
  return keys;
}

describe("a file that landed", () => {
  test("becomes the latest values, the device's last sign, a manifest and two metrics", async () => {
    const [key] = await land([
      reading({}),
      reading({ ts: at - minute, valueDouble: 20 }),
      reading({ metric: "cycles", valueDouble: null, valueInt: 2n ** 62n, unit: null }),
      reading({ metric: "running", valueDouble: null, valueBool: true, subDevice: "axis-2", unit: null }),
    ]);
    expect(aws.items.get("press-01 temperature")).toMatchObject({
      ts: { N: String(at) },
      value: { N: "21.5" },
      unit: { S: "Cel" },
    });
    expect(aws.items.get("press-01 cycles")).toMatchObject({ value: { N: String(2n ** 62n) } });
    expect(aws.items.get("press-01 running#axis-2")).toMatchObject({ value: { BOOL: true } });
    expect(aws.items.get("press-01 #device")).toMatchObject({ last_seen: { N: String(at + 1_000) } });
    expect(aws.items.get("press-01 #device")?.["expires"]).toEqual({
      N: String(Math.floor((at + 1_000) / 1e6) + 864_000),
    });
    const manifest = aws.objects.get(`curated/_manifest/${key}.json`);
    expect(JSON.parse(String(manifest?.bytes))).toMatchObject({
      file: key,
      table: "readings",
      rows: 4,
      firstTs: at - minute,
      lastTs: at,
      sha256: key?.match(/[0-9a-f]{64}/)?.[0],
    });
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      Environment: "acme",
      LandedRows: 4,
      FreshnessSeconds: 4.999,
    });
  });

  test("is looked at by the rules: good numbers of their metrics, and what these rest on", async () => {
    const documents = memoryDocuments();
    const now = (): number => at / 1_000 + 5_000;
    const book = new CloudBook({ documents, now });
    const rules = alarmRules.parse([
      { kind: "limit", name: "hot", metric: "temperature", above: 80 },
      { kind: "limit", name: "many", metric: "cycles", above: 5 },
      { kind: "limit", name: "runs", metric: "running", above: 0 },
    ]);
    const landing = cloudRules({ rules, documents, book, now, warn: fail });
    const [key] = await land([
      reading({ valueDouble: 81 }),
      reading({ metric: "cycles", valueDouble: null, valueInt: 2n ** 40n, unit: null, quality: 2 }),
      reading({ metric: "running", valueDouble: null, valueBool: true, unit: null }),
    ]);
    await landedHandler({ objects, latest, metrics, rules: landing, marksDue: false, now })(
      landed(String(key)),
    );
    expect((await book.list({ state: "open", limit: 10 })).alarms).toMatchObject([
      { rule: "hot", value: 81, raisedAt: at, evidence: { msgId: "07".repeat(16), codec: "machine-json" } },
      { rule: "runs", value: 1 },
    ]);
  });

  test("changes nothing where it is older, or lands again", async () => {
    await land([reading({})]);
    const [older] = await land([reading({ ts: at - minute, ingestTs: at - minute, valueDouble: 3 })]);
    const before = JSON.stringify([...aws.items]);
    await handle(String(older));
    expect(JSON.stringify([...aws.items])).toBe(before);
    expect(aws.items.get("press-01 temperature")).toMatchObject({ value: { N: "21.5" } });
    await land([reading({ ts: at + minute, valueDouble: 23 })]);
    expect(aws.items.get("press-01 temperature")).toMatchObject({ value: { N: "23" } });
  });

  test("of frames gives the latest of each axis", async () => {
    const table = {
      name: "frames_imu",
      columns: [
        { name: "accel_x", unit: "m/s2" },
        { name: "accel_y", unit: "m/s2" },
      ],
    };
    const { tenant, deviceId, tsRaw, seq, ingestTs, msgId, lane, codec, codecVersion } = reading({});
    const common = {
      table,
      tenant,
      deviceId,
      tsRaw,
      quality: 0 as const,
      flags: 0,
      seq,
      ingestTs,
      msgId,
      lane,
      codec,
      codecVersion,
    };
    const rows: FrameRow[] = [
      { ...common, ts: at, values: [1, null] },
      { ...common, ts: at - 10, values: [0, 2] },
    ];
    for (const block of frameBlocks(rows)) await parquetSink(objects, "curated", "hex").write(block);
    await handle([...aws.objects.keys()][0]?.slice("curated/".length) as string);
    expect(aws.items.get("press-01 accel_x")).toMatchObject({ value: { N: "1" } });
    expect(aws.items.get("press-01 accel_y")).toMatchObject({ value: { N: "2" } });
  });

  test("is read as another writer compresses and types it, and refused where it is none of the lake's", async () => {
    const folder = await mkdtemp(join(tmpdir(), "landed-"));
    const connection = await (await DuckDBInstance.create()).connect();
    const write = async (select: string): Promise<void> => {
      const file = join(folder, "file.parquet");
      await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet, COMPRESSION snappy)`);
      aws.objects.set("curated/readings/f.parquet", { bytes: await readFile(file), metadata: {} });
    };
    await write(
      `SELECT 'dev-1' AS device_id, make_timestamp(${at}) AS ts, make_timestamp(${at}) AS ingest_ts, 'mode' AS metric, 'auto' AS value_text, NULL::DOUBLE AS value_double`,
    );
    await handle("readings/f.parquet");
    expect(aws.items.get("dev-1 mode")).toMatchObject({ value: { S: "auto" }, ts: { N: String(at) } });
    await write("SELECT 1 AS one");
    await expect(handle("readings/f.parquet")).rejects.toThrow(
      /has the columns one: it is none of the table readings/,
    );
    aws.objects.set("curated/readings/f.parquet", { bytes: Buffer.from("no parquet"), metadata: {} });
    await expect(handle("readings/f.parquet")).rejects.toThrow();
    await expect(handle("readings/gone.parquet")).rejects.toThrow(
      /could not read s3:\/\/curated\/readings\/gone.parquet: HTTP 404, NoSuchKey/,
    );
    await rm(folder, { recursive: true });
  });
});

test("the scheduled insight names who fell silent, and counts the issuer's days", async () => {
  await land([
    reading({ deviceId: "silent-1", ingestTs: at - 90 * minute }),
    reading({ deviceId: "alive-1", ingestTs: at - minute }),
  ]);
  lines.length = 0;
  x509.cryptoProvider.set(webcrypto as never);
  const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=issuer",
    notBefore: new Date(at / 1_000),
    notAfter: new Date(at / 1_000 + 12.5 * 86_400_000),
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    keys: keys as never,
  });
  const issuer = certificate.toString("pem");
  await insightHandler({ latest, metrics, issuer, silentMinutes: 60, alarms: null, now: () => at / 1_000 })();
  expect(JSON.parse(lines[0] as string)).toMatchObject({ SilentDevices: 1, IssuerDaysLeft: 12 });
  const finding = aws.items.get("#environment #insight#silent-devices") as { finding: { S: string } };
  expect(JSON.parse(finding.finding.S)).toEqual({
    silentMinutes: 60,
    devices: [{ deviceId: "silent-1", lastSeen: at - 90 * minute }],
  });
  expect(() =>
    insightHandler({ latest, metrics, issuer: "none", silentMinutes: 60, alarms: null, now: Date.now }),
  ).toThrow();
});
