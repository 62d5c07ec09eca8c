/** The adapters and handlers of AWS against moto's server, which knows all of these services, behind a network that breaks. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { FirehoseTransformationEvent, KinesisStreamEvent } from "aws-lambda";
import { awsAccess, type AwsAccess } from "../../functions/adapters/aws-client.ts";
import { latestStateTable } from "../../functions/adapters/dynamodb.ts";
import { lambdaIngest, type LambdaIngest } from "../../functions/adapters/lambda-ingest.ts";
import { s3Kept } from "../../functions/adapters/s3-kept.ts";
import { s3List } from "../../functions/adapters/s3-list.ts";
import { s3Objects, s3Removal } from "../../functions/adapters/s3.ts";
import { settingsFile } from "../../functions/aws-agreements.ts";
import { createHandler as firehoseHandler } from "../../functions/handlers/aws-firehose.ts";
import { createHandler as kinesisHandler } from "../../functions/handlers/aws-kinesis.ts";
import type { LatestState, LatestValue, ObjectStore } from "../../functions/ports.ts";
import { readProfiles } from "../../profiles/read.ts";
import { startMoto, type Moto } from "../fleet/support/tools.ts";
import { startFlakyProxy, type FlakyProxy } from "../support/flaky-proxy.ts";
import { createLatestTable } from "./dynamodb-table.ts";
import { kinesisEvent, packedRecords, type KinesisRecord } from "./kinesis-events.ts";
import { parquetRows } from "./parquet-rows.ts";

/** 2026-11-21T07:15:00Z, milliseconds. */
const at = Date.UTC(2026, 10, 21, 7, 15);

let moto: Moto | null = null;
let proxy: FlakyProxy;
let access: AwsAccess;
let env: Record<string, string>;
let objects: ObjectStore;
let latest: LatestState;
let folder: string;

/** A call of a service whose interface is JSON. */
async function call(service: string, target: string, body: object): Promise<Record<string, unknown>> {
  const answer = await access.fetch(service, access.address(service), {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${target}: ${await answer.text()}`);
  return JSON.parse((await answer.text()) || "{}") as Record<string, unknown>;
}

beforeAll(async () => {
  moto = await startMoto();
  if (moto === null) return;
  proxy = await startFlakyProxy(moto.endpoint);
  env = { ...moto.env, AWS_ENDPOINT_URL: proxy.url };
  access = awsAccess(env);
  objects = s3Objects(access);
  latest = latestStateTable(access, "latest", 10);
  for (const bucket of ["raw", "curated", "quarantine", "delivered", "listed"]) {
    const configuration =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    const made = await access.fetch("s3", access.address("s3", bucket), {
      method: "PUT",
      body: configuration,
    });
    expect(made.status).toBe(200);
  }
  await createLatestTable(access, "latest");
  folder = await mkdtemp(join(tmpdir(), "lambda-"));
  const profiles = await readProfiles(["machine-json"]);
  const bindings = [{ devices: "*", profile: "machine-json" }];
  const settings = { tenant: "acme", profiles, bindings, clockWindow: { behind: 604_800, ahead: 600 } };
  await writeFile(join(folder, settingsFile), JSON.stringify(settings));
  Object.assign(env, { RAW_BUCKET: "raw", CURATED_BUCKET: "curated", QUARANTINE_BUCKET: "quarantine" });
  Object.assign(env, { LAMBDA_TASK_ROOT: folder, BIRTHS_TABLE: "births" });
}, 120_000);
afterAll(async () => {
  await proxy?.close();
  moto?.stop();
  if (folder) await rm(folder, { recursive: true });
});
beforeEach(() => {
  proxy?.next();
  proxy?.always(null);
  if (proxy) proxy.seen.length = 0;
});

const ingest = (): LambdaIngest => {
  const { tenant, ports } = lambdaIngest(env);
  return { tenant, ports: { ...ports, metrics: { put: () => undefined } } };
};

/** Tests of what is proved with moto; where it can't be had, its start has said so. */
const withMoto = (name: string, body: () => Promise<void>) =>
  test(name, async () => (moto === null ? undefined : body()));

const bytes = Buffer.from("content");

describe("S3", () => {
  withMoto("objects are written once, and read as they were", async () => {
    expect(await objects.create("raw", "a b/dt=1/x.bin", bytes, { rows: "1" })).toBe(true);
    expect(await objects.create("raw", "a b/dt=1/x.bin", bytes)).toBe(false);
    expect(Buffer.from(await objects.read("raw", "a b/dt=1/x.bin"))).toEqual(bytes);
    await expect(objects.read("raw", "none")).rejects.toThrow(/read s3:\/\/raw\/none: HTTP 404, NoSuchKey/);
    await expect(objects.create("nowhere", "x", bytes)).rejects.toThrow(/NoSuchBucket/);
  });

  withMoto("a bucket is listed, as folders and as objects", async () => {
    for (const name of ["a&b <1>.bin", "c.bin"]) await objects.create("listed", `some/dt=1/${name}`, bytes);
    const list = s3List(access);
    const all = await list.all("listed", "some/");
    expect(all.map(({ key, bytes: size }) => [key, size])).toEqual([
      ["some/dt=1/a&b <1>.bin", 7],
      ["some/dt=1/c.bin", 7],
    ]);
    expect(Math.abs(Number(all[0]?.modifiedMs) - Date.now())).toBeLessThan(600_000);
    expect(await list.level("listed", "some/")).toEqual({ folders: ["some/dt=1/"], blobs: [] });
    await expect(list.all("nowhere", "x")).rejects.toThrow(/list s3:\/\/nowhere\/x: HTTP 404, NoSuchBucket/);
  });

  test("a list goes on to its last page", async () => {
    const asked: string[] = [];
    const pages = [
      "<Contents><Key>a</Key><Size>1</Size></Contents><NextContinuationToken>t&amp;1</NextContinuationToken>",
      "<Contents><Key>b</Key><Size>2</Size></Contents>",
    ];
    const list = s3List({
      address: () => "https://lake.s3.example",
      fetch: (_service, url) => {
        asked.push(url);
        return Promise.resolve(new Response(pages[asked.length - 1]));
      },
    });
    expect((await list.all("lake", "x")).map(({ key, bytes: size }) => [key, size])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(asked[1]).toBe("https://lake.s3.example/?list-type=2&prefix=x&continuation-token=t%261");
  });

  withMoto("an object of the revision that was read is replaced, and taken away", async () => {
    const [kept, { remove }] = [s3Kept(access), s3Removal(access)];
    expect(await kept.load("curated", "kept/a b.json")).toBeNull();
    const first = await kept.put("curated", "kept/a b.json", bytes, null);
    expect(await kept.load("curated", "kept/a b.json")).toEqual({
      bytes: Uint8Array.from(bytes),
      revision: first,
    });
    const other = Buffer.from("other");
    expect(await kept.put("curated", "kept/a b.json", other, null)).toBeNull();
    expect(await kept.put("curated", "kept/a b.json", other, first)).not.toBe(first);
    expect(await kept.put("curated", "kept/a b.json", bytes, first)).toBeNull();
    expect(await kept.put("curated", "kept/a b.json", Buffer.from("4"))).not.toBeNull();
    expect(Buffer.from((await kept.load("curated", "kept/a b.json"))?.bytes ?? []).toString()).toBe("4");
    await remove("curated", "kept/a b.json");
    await remove("curated", "kept/a b.json");
    expect(await kept.load("curated", "kept/a b.json")).toBeNull();
    expect(await kept.put("curated", "kept/a b.json", bytes, first)).toBeNull();
  });

  withMoto("outlasts throttling, 5xx, a race, and connections cut half way", async () => {
    const slow = { status: 503, body: "<Error><Code>SlowDown</Code></Error>" };
    const race = { status: 409, body: "<Error><Code>ConditionalRequestConflict</Code></Error>" };
    proxy.next(slow, { status: 500 }, race, "cut-request");
    expect(await objects.create("raw", "late", bytes)).toBe(true);
    proxy.next("cut-answer");
    expect(await objects.create("raw", "told-late", bytes)).toBe(false);
    proxy.next("cut-answer", { status: 502 });
    expect(Buffer.from(await objects.read("raw", "told-late"))).toEqual(bytes);
    proxy.always(slow);
    await expect(objects.create("raw", "x", bytes)).rejects.toThrow(
      "could not write s3://raw/x: HTTP 503, SlowDown",
    );
  });
});

describe("DynamoDB", () => {
  const value = (over: Partial<LatestValue>): LatestValue => ({
    deviceId: "press-01",
    subDevice: null,
    metric: "temperature",
    ts: at * 1_000,
    ingestTs: at * 1_000,
    value: 21.5,
    unit: "Cel",
    quality: 0,
    ...over,
  });
  const item = async (metric: string) => {
    const key = { device_id: { S: "press-01" }, metric: { S: metric } };
    const { Item } = await call("dynamodb", "DynamoDB_20120810.GetItem", { TableName: "latest", Key: key });
    return Item as Record<string, object> | undefined;
  };

  withMoto("keeps the newest value, through throttling and connections cut half way", async () => {
    const throttled = {
      status: 400,
      body: '{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}',
    };
    proxy.next(throttled, "cut-answer", throttled);
    await latest.keep([value({}), value({ metric: "count", value: 2n ** 62n, unit: null })]);
    await latest.keep([value({ value: 1, ts: at * 1_000 - 1 })]);
    expect(await item("temperature")).toMatchObject({ value: { N: "21.5" }, unit: { S: "Cel" } });
    expect(await item("count")).toMatchObject({ value: { N: String(2n ** 62n) }, unit: { NULL: true } });
    await latest.keep([value({ value: "off", ts: at * 1_000 + 1 })]);
    expect(await item("temperature")).toMatchObject({ value: { S: "off" } });
    proxy.always(throttled);
    await expect(latest.keep([value({})])).rejects.toThrow(
      /table latest: HTTP 400.*ProvisionedThroughputExceeded/,
    );
  });

  withMoto("finds devices that fell silent by the index, the longest silent first", async () => {
    const old = at * 1_000 - 3_600_000_000;
    await latest.keep([5, 3, 4].map((age) => value({ deviceId: `s-${age}`, ingestTs: old - age })));
    const silent = await latest.silentSince(at * 1_000 - 60_000_000, 2);
    expect(silent).toEqual([5, 4].map((age) => ({ deviceId: `s-${age}`, lastSeen: old - age })));
  });
});

const envelope = (seq: number): string =>
  JSON.stringify({
    b: Buffer.from(JSON.stringify({ seq, ts: at, temperature: seq })).toString("base64"),
    t: "devices/press-01/telemetry",
    c: "press-01",
    ts: at,
  });
const written = (bucket: string): string[] => [
  ...new Set(
    proxy.seen
      .filter((line) => line.startsWith(`PUT /${bucket}/`))
      .map((line) => line.slice(6 + bucket.length)),
  ),
];
const stored = async (bucket: string, select: string) =>
  parquetRows(
    await Promise.all(written(bucket).map((key) => objects.read(bucket, decodeURIComponent(key)))),
    select,
  );

describe("Lambda on a stream of Kinesis", () => {
  const kinesis = (action: string, body: object) => call("kinesis", `Kinesis_20131202.${action}`, body);

  /** What Kinesis gives for what a producer put: the event that Lambda would make of it. */
  async function eventOf(stream: string, data: readonly Uint8Array[]): Promise<KinesisStreamEvent> {
    await kinesis("CreateStream", { StreamName: stream, ShardCount: 1 });
    await kinesis("PutRecords", {
      StreamName: stream,
      Records: data.map((one) => ({ Data: Buffer.from(one).toString("base64"), PartitionKey: "press-01" })),
    });
    const place = { StreamName: stream, ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" };
    const { ShardIterator } = await kinesis("GetShardIterator", place);
    const { Records } = (await kinesis("GetRecords", { ShardIterator })) as { Records: KinesisRecord[] };
    return kinesisEvent(Records);
  }

  withMoto(
    "reads what a producer put, packed or not, and says the first record that a failed sink is to get again",
    async () => {
      const event = await eventOf("telemetry", [
        Buffer.from(envelope(1)),
        packedRecords([envelope(2), envelope(3)]),
        Uint8Array.of(0xf4, 0xff),
        Buffer.from(envelope(4)),
      ]);
      const handler = kinesisHandler(ingest());
      const silent = jest.spyOn(console, "error").mockImplementation(() => undefined);
      for (const trouble of [{ status: 503 }, "cut-request"] as const) {
        proxy.always(trouble);
        const itemIdentifier = event.Records[0]?.kinesis.sequenceNumber;
        expect(await handler(event)).toEqual({ batchItemFailures: [{ itemIdentifier }] });
      }
      silent.mockRestore();
      proxy.always(null);
      proxy.next("cut-answer");
      expect(await handler(event)).toEqual({ batchItemFailures: [] });
      expect(await handler(event)).toEqual({ batchItemFailures: [] });
      expect(await stored("curated", "seq, epoch_ms(ingest_ts)::DOUBLE AS arrived")).toEqual(
        [1, 2, 3, 4].map((seq) => ({ seq: String(seq), arrived: at })),
      );
      const [odd, ...others] = await stored(
        "quarantine",
        "reason, payload, epoch_ms(received_at)::DOUBLE AS received",
      );
      expect(others).toEqual([]);
      expect(odd).toMatchObject({ reason: "not-well-formed", payload: "f4ff" });
      // Kinesis says seconds, Firehose milliseconds: neither 1970 nor the year 50,000.
      expect(Math.abs(Number(odd?.["received"]) - Date.now())).toBeLessThan(600_000);
    },
  );
});

describe("Lambda behind Firehose", () => {
  withMoto("gives lines that Firehose puts one behind the other, and that a JSON reader takes", async () => {
    const event: FirehoseTransformationEvent = {
      invocationId: "i",
      deliveryStreamArn: "arn",
      region: "eu-central-1",
      records: [1, 2, 3].map((seq) => ({
        recordId: `r-${seq}`,
        approximateArrivalTimestamp: at,
        data: Buffer.from(seq === 2 ? "no envelope" : envelope(seq)).toString("base64"),
      })),
    };
    proxy.next({ status: 503 }, "cut-answer");
    const { records } = await firehoseHandler(ingest())(event);
    expect(records.map(({ recordId, result }) => [recordId, result])).toEqual([
      ["r-1", "Ok"],
      ["r-2", "Dropped"],
      ["r-3", "Ok"],
    ]);
    const firehose = (action: string, body: object) => call("firehose", `Firehose_20150804.${action}`, body);
    await firehose("CreateDeliveryStream", {
      DeliveryStreamName: "rows",
      ExtendedS3DestinationConfiguration: {
        BucketARN: "arn:aws:s3:::delivered",
        RoleARN: "arn:aws:iam::123456789012:role/firehose",
        Prefix: "rows/",
      },
    });
    const kept = records.filter(({ result }) => result === "Ok").map(({ data }) => ({ Data: data }));
    await firehose("PutRecordBatch", { DeliveryStreamName: "rows", Records: kept });
    const listed = await access.fetch("s3", `${access.address("s3", "delivered")}?list-type=2`, {
      method: "GET",
    });
    const keys = [...(await listed.text()).matchAll(/<Key>([^<]+)</g)].map(([, key]) => key ?? "");
    const text = Buffer.concat(
      await Promise.all(keys.map((key) => objects.read("delivered", key))),
    ).toString();
    const rows = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { seq: number });
    expect(rows.map(({ seq }) => seq).sort()).toEqual([1, 3]);
    expect(await stored("quarantine", "reason")).toEqual([{ reason: "schema" }]);
  });
});
