/** From frames to rows of scores by the functions of both clouds: moto's S3, Kinesis and Firehose, Azurite, and a hub of our own. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { awsAccess, type AwsAccess } from "../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { blobList } from "../../functions/adapters/blob-list.ts";
import { blobFiles, blobObjects } from "../../functions/adapters/blob.ts";
import { frameFiles } from "../../functions/adapters/frame-files.ts";
import { functionIngest } from "../../functions/adapters/function-ingest.ts";
import { hubScores } from "../../functions/adapters/hub-scores.ts";
import { lambdaIngest } from "../../functions/adapters/lambda-ingest.ts";
import { s3List } from "../../functions/adapters/s3-list.ts";
import { s3Files, s3Objects } from "../../functions/adapters/s3.ts";
import { streamScores } from "../../functions/adapters/stream-scores.ts";
import { modelsFile, settingsFile, type DeployedModelFile } from "../../functions/agreements.ts";
import type { Message } from "../../functions/core/model.ts";
import type { RawBinaryProfile } from "../../functions/core/profiles/profile.ts";
import { createHandler as kinesisHandler } from "../../functions/handlers/aws-kinesis.ts";
import { createHandler as awsHandler } from "../../functions/handlers/aws-scoring.ts";
import { Scorer } from "../../functions/models/classifier.ts";
import type { ObjectStore } from "../../functions/ports.ts";
import type { Score } from "../../functions/scoring/frame-scoring.ts";
import { modelsIn } from "../../functions/scoring/loaded-models.ts";
import { unpackModel } from "../../functions/scoring/model-file.ts";
import { scoreBindings, scoreProfiles } from "../../functions/scoring/score-message.ts";
import { readProfiles } from "../../profiles/read.ts";
import { imuFrames } from "../../samples/imu-frames.ts";
import { readRecording } from "../../samples/recording.ts";
import { startMoto, type Moto } from "../fleet/support/tools.ts";
import { startAzurite, type Azurite } from "../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../support/flaky-proxy.ts";
import { landFrames } from "../support/scoring-functions.ts";
import { startFakeAzure, type FakeAzure } from "./azure-server.ts";
import { kinesisEvent, type KinesisRecord } from "./kinesis-events.ts";
import { parquetRows } from "./parquet-rows.ts";
import { message } from "./support.ts";

const at = Math.floor(Date.now() / 3_600_000) * 3_600_000_000 - 7_200_000_000;
const stream = "arn:aws:kinesis:eu-central-1:123456789012:stream/messages";
let moto: Moto | null = null;
let azurite: Azurite | null = null;
let hub: FakeAzure;
let proxy: FlakyProxy;
let blobProxy: FlakyProxy;
/** Windows of the recording. */
let windows = 0;
let access: AwsAccess;
let folder: string;
let profiles: readonly RawBinaryProfile[];
let batches: Message[][];

async function call(service: "kinesis" | "firehose", target: string, body: object) {
  const answer = await access.fetch(service, access.address(service), {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${target}: ${await answer.text()}`);
  return JSON.parse((await answer.text()) || "{}") as Record<string, unknown>;
}

beforeAll(async () => {
  profiles = (await readProfiles(["wearable-imu"])) as RawBinaryProfile[];
  const cases = readRecording().filter((_, index) => index % 10 === 0);
  const frames = imuFrames(profiles[0]!.layout!, cases, at).map(({ bytes, time }) => ({
    ...message("", { deviceId: "wrist-01", receivedAt: time }),
    payload: Buffer.from(bytes),
  }));
  batches = [frames.slice(0, 60), frames.slice(60)];

  folder = await mkdtemp(join(tmpdir(), "scoring-"));
  const bytes = readFileSync(new URL("../../samples/activity.onnx", import.meta.url));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const { classifier } = unpackModel(bytes);
  const scorer = new Scorer(classifier);
  windows = cases
    .flatMap(({ samples }) => samples)
    .filter((values, index) => scorer.push(at + index * 100_000, values) !== null).length;
  const { labels } = classifier;
  const model = { name: "activity", sha256, labels, devices: "wrist-*", table: "frames_wearable_imu" };
  const deployed: DeployedModelFile = { ...model, file: `models/${sha256}.onnx`, stepSeconds: null };
  await mkdir(join(folder, "models"));
  await writeFile(join(folder, deployed.file), bytes);
  await writeFile(join(folder, modelsFile), JSON.stringify([deployed]));
  const settings = {
    ...{ tenant: "acme", profiles: scoreProfiles(model), bindings: scoreBindings(model) },
    clockWindow: { behind: 604_800, ahead: 600 },
  };
  await writeFile(join(folder, settingsFile), JSON.stringify(settings));

  [moto, azurite] = await Promise.all([startMoto(), startAzurite(["raw", "curated", "quarantine"])]);
  hub = await startFakeAzure();
  if (azurite !== null) blobProxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
  if (moto === null) return;
  proxy = await startFlakyProxy(moto.endpoint);
  access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: proxy.url });
  const body =
    "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
  for (const bucket of ["raw", "curated", "quarantine", "delivered"])
    await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body });
  await call("kinesis", "Kinesis_20131202.CreateStream", { StreamName: "messages", ShardCount: 1 });
}, 120_000);
afterAll(async () => {
  await Promise.all([proxy?.close(), blobProxy?.close()]);
  await azurite?.stop();
  await hub.close();
  moto?.stop();
  await rm(folder, { recursive: true });
});

const metrics = { put: () => undefined };
const land = (objects: ObjectStore, container: string, messages: readonly Message[]) =>
  landFrames({ create: (_, key, bytes) => objects.create(container, key, bytes) }, profiles, messages);
/** What stands in the rows but when they came. */
const scores = (files: readonly Uint8Array[]) =>
  parquetRows(
    files,
    "device_id, ts, metric, value_double, value_text, lane, flags, codec, codec_version, msg_id",
  );
const inTurn = async (what: readonly string[], read: (key: string) => Promise<Uint8Array>) => {
  const files: Uint8Array[] = [];
  for (const key of what) files.push(await read(key));
  return files;
};

async function onAws(): Promise<Record<string, unknown>[]> {
  const [objects, list] = [s3Objects(access), s3List(access)];
  const handle = awsHandler("curated", modelsIn(folder), {
    files: frameFiles("curated", objects, s3Files(access), list),
    ...{ send: streamScores(access, stream), metrics, now: Date.now },
  });
  for (const batch of batches) {
    const news = (await land(objects, "curated", batch)).map((key) => ({
      messageId: key,
      body: JSON.stringify({ detail: { bucket: { name: "curated" }, object: { key } } }),
    }));
    expect(await handle({ Records: news as never })).toEqual({ batchItemFailures: [] });
  }
  const { ShardIterator } = await call("kinesis", "Kinesis_20131202.GetShardIterator", {
    ...{ StreamName: "messages", ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" },
  });
  const { Records } = await call("kinesis", "Kinesis_20131202.GetRecords", { ShardIterator });
  const env = {
    ...{ ...moto!.env, AWS_ENDPOINT_URL: proxy.url, LAMBDA_TASK_ROOT: folder, BIRTHS_TABLE: "births" },
    ...{ RAW_BUCKET: "raw", CURATED_BUCKET: "curated", QUARANTINE_BUCKET: "quarantine" },
  };
  const { tenant, ports } = lambdaIngest(env);
  await kinesisHandler({ tenant, ports: { ...ports, metrics } })(kinesisEvent(Records as KinesisRecord[]));
  expect(await list.all("quarantine", "")).toEqual([]);
  const readings = (await list.all("curated", "readings/")).map(({ key }) => key);
  return scores(await inTurn(readings, (key) => objects.read("curated", key)));
}

async function onAzure(): Promise<Record<string, unknown>[]> {
  const fetch = azureFetch(azurite!.env);
  const [objects, list] = [blobObjects(fetch), blobList(fetch)];
  const at = (container: string): string => `${blobProxy.url}/devstoreaccount1/${container}`;
  const [raw, curated, quarantine] = ["raw", "curated", "quarantine"].map(at) as [string, string, string];
  // Outside of its host, Microsoft's library says so at length.
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const { createHandler } = await import("../../functions/handlers/azure-scoring.ts");
  const { createHandler: decoderHandler } = await import("../../functions/handlers/azure-decoder.ts");
  warned.mockRestore();
  const handle = createHandler(curated, modelsIn(folder), {
    ...{
      objects,
      quarantine,
      files: frameFiles(curated, objects, blobFiles(fetch), list),
      metrics,
      now: Date.now,
    },
    send: hubScores(azureFetch(hub.env), `${hub.origin}/messages-hub`),
  });
  for (const batch of batches) {
    const events = (await land(objects, curated, batch)).map((key) => ({
      type: "Microsoft.Storage.BlobCreated",
      data: { url: `${curated}/${key.split("/").map(encodeURIComponent).join("/")}` },
    }));
    await handle([Buffer.from(JSON.stringify(events))], {});
  }
  const env = {
    ...{ ...azurite!.env, RAW_CONTAINER: raw, CURATED_CONTAINER: curated },
    ...{ QUARANTINE_CONTAINER: quarantine, BIRTHS_CONTAINER: raw },
  };
  const bodies = (hub.events.get("messages-hub") ?? []).map((text) => Buffer.from(text));
  const { tenant, ports } = functionIngest(env, folder);
  await decoderHandler({ tenant, ports: { ...ports, metrics } })(bodies, {});
  expect(await list.all(quarantine, "")).toEqual([]);
  const readings = (await list.all(curated, "readings/")).map(({ key }) => key);
  return scores(await inTurn(readings, (key) => objects.read(curated, key)));
}

test("the same frames are the same rows of scores on both, each window once, across a batch's end too", async () => {
  const rows = await Promise.all([moto === null ? [] : onAws(), azurite === null ? [] : onAzure()]);
  for (const found of rows.filter(({ length }) => length > 0)) {
    const labelled = found.filter(({ metric }) => metric === "activity_label");
    expect(new Set(labelled.map(({ ts }) => ts)).size).toBe(labelled.length);
    expect(labelled.length).toBe(windows);
  }
  if (moto !== null && azurite !== null) expect(rows[0]).toEqual(rows[1]);
}, 60_000);

const score = (index: number): Score => ({
  ...{ deviceId: `wrist-${index}`, channel: "scores/activity/0123456789ab", lane: "live" },
  payload: Buffer.from(`{"at":${index}}`),
});

test("Firehose takes scores as Kinesis does, through a network that breaks, in requests that it allows", async () => {
  if (moto === null) return;
  await call("firehose", "Firehose_20150804.CreateDeliveryStream", {
    DeliveryStreamName: "delivered",
    S3DestinationConfiguration: { BucketARN: "arn:aws:s3:::delivered", RoleARN: `arn:aws:iam::1:role/x` },
  });
  proxy.next({ status: 503 }, "cut-request");
  const arn = "arn:aws:firehose:eu-central-1:123456789012:deliverystream/delivered";
  await streamScores(access, arn)(Array.from({ length: 501 }, (_, index) => score(index)));
  const delivered = await inTurn(
    (await s3List(access).all("delivered", "")).map(({ key }) => key),
    (key) => s3Objects(access).read("delivered", key),
  );
  const text = delivered.map((bytes) =>
    (bytes[0] === 0x1f ? gunzipSync(bytes) : Buffer.from(bytes)).toString(),
  );
  expect(text.join("").match(/"device":"wrist-\d+"/g)).toHaveLength(501);
});

test("records that a stream turns away are sent again by themselves; what stays away is an error", async () => {
  const sent: string[][] = [];
  const fetch: AwsAccess["fetch"] = (_, __, { body }) => {
    const { Records } = JSON.parse(String(body)) as { Records: { PartitionKey: string }[] };
    sent.push(Records.map(({ PartitionKey }) => PartitionKey));
    const refuses = sent.length === 1 || sent.length > 2;
    return Promise.resolve(
      Response.json({
        Records: Records.map((_, index) =>
          refuses && index === 1 ? { ErrorCode: "ProvisionedThroughputExceededException" } : {},
        ),
      }),
    );
  };
  const send = streamScores({ fetch, address: () => "http://kinesis" }, stream, 0);
  await send([score(0), score(1), score(2)]);
  expect(sent).toEqual([["wrist-0", "wrist-1", "wrist-2"], ["wrist-1"]]);
  const stuck: AwsAccess["fetch"] = () =>
    Promise.resolve(Response.json({ Records: [{ ErrorCode: "InternalFailure" }] }));
  await expect(
    streamScores({ fetch: stuck, address: () => "http://kinesis" }, stream, 0)([score(0)]),
  ).rejects.toThrow(/does not take 1 scores: InternalFailure/);
});

test("a hub takes all of a request or none, and one that refuses is an error", async () => {
  const send = hubScores(azureFetch(hub.env), `${hub.origin}/other`);
  await send(Array.from({ length: 501 }, (_, index) => score(index)));
  expect(hub.events.get("other")).toHaveLength(501);
  hub.failures.push(404);
  await expect(send([score(0)])).rejects.toThrow(/takes no scores: HTTP 404/);
});

test("a model that is not the one that was deployed keeps the function from starting", async () => {
  const [declared] = JSON.parse(readFileSync(join(folder, modelsFile), "utf8")) as DeployedModelFile[];
  const other = await mkdtemp(join(tmpdir(), "scoring-other-"));
  await mkdir(join(other, "models"));
  await writeFile(join(other, modelsFile), JSON.stringify([declared]));
  await writeFile(join(other, declared!.file), "another");
  expect(() => modelsIn(other)).toThrow(/models\/.*\.onnx has the hash .*; expected .*: deploy again/);
  await rm(other, { recursive: true });
});
