/** What a topic rule could not deliver, from a queue of moto's SQS to the lake, behind a network that breaks. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { awsAccess, type AwsAccess } from "../../functions/adapters/aws-client.ts";
import { lambdaIngest } from "../../functions/adapters/lambda-ingest.ts";
import { s3Objects } from "../../functions/adapters/s3.ts";
import { settingsFile } from "../../functions/aws-agreements.ts";
import { createHandler as kinesisHandler, handler } from "../../functions/handlers/aws-kinesis.ts";
import { createRedelivery, isFromQueue } from "../../functions/redelivery.ts";
import { readProfiles } from "../../profiles/read.ts";
import { startMoto, type Moto } from "../fleet/support/tools.ts";
import { startFlakyProxy, type FlakyProxy } from "../support/flaky-proxy.ts";
import { kinesisEvent } from "./kinesis-events.ts";
import { parquetRows } from "./parquet-rows.ts";

const at = Date.now();
let moto: Moto | null = null;
let proxy: FlakyProxy;
let access: AwsAccess;
let env: Record<string, string>;
let folder: string;
let queue = "";

async function sqs(action: string, body: object): Promise<Record<string, unknown>> {
  const answer = await access.fetch("sqs", `${access.address("sqs")}/`, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${action}` },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
  return JSON.parse((await answer.text()) || "{}") as Record<string, unknown>;
}

beforeAll(async () => {
  moto = await startMoto();
  if (moto === null) return;
  proxy = await startFlakyProxy(moto.endpoint);
  folder = await mkdtemp(join(tmpdir(), "redelivery-"));
  env = {
    ...{ ...moto.env, AWS_ENDPOINT_URL: proxy.url, LAMBDA_TASK_ROOT: folder, BIRTHS_TABLE: "births" },
    ...{ RAW_BUCKET: "raw", CURATED_BUCKET: "curated", QUARANTINE_BUCKET: "quarantine" },
  };
  access = awsAccess(env);
  const profiles = await readProfiles(["machine-json"]);
  const bindings = [{ devices: "*", profile: "machine-json" }];
  const settings = { tenant: "acme", profiles, bindings, clockWindow: { behind: 604_800, ahead: 600 } };
  await writeFile(join(folder, settingsFile), JSON.stringify(settings));
  for (const bucket of ["raw", "curated", "quarantine"]) {
    const body =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    expect((await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body })).status).toBe(
      200,
    );
  }
}, 120_000);
afterAll(async () => {
  await proxy?.close();
  moto?.stop();
  if (folder) await rm(folder, { recursive: true });
});
beforeEach(async () => {
  if (moto === null) return;
  proxy.next();
  proxy.always(null);
  const made = await sqs("CreateQueue", { QueueName: `errors-${Math.random().toString(36).slice(2)}` });
  queue = String(made["QueueUrl"]);
  proxy.seen.length = 0;
});

/** Tests of what is proved with moto; where it can't be had, its start has said so. */
const withMoto = (name: string, body: () => Promise<void>) =>
  test(name, async () => (moto === null ? undefined : body()));

const reading = (seq: number): string => JSON.stringify({ seq, ts: at, temperature: seq });

/** As the rules engine writes it (AWS IoT Core developer guide, "Error action message format"). */
const ruleError = (payload: string | Uint8Array, over: object = {}): string =>
  JSON.stringify({
    ruleName: "acme_telemetry",
    topic: "devices/press-01/telemetry",
    cloudwatchTraceId: "7e146a2c-95b5-6caf-98b9-50e3969734c7",
    clientId: "press-01",
    base64OriginalPayload: Buffer.from(payload).toString("base64"),
    failures: [
      {
        failedAction: "KinesisAction",
        failedResource: "acme",
        errorMessage: "Failed to send. Rate exceeded",
      },
    ],
    ...over,
  });

interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes: Record<string, string>;
}

/** Messages of the queue as Lambda takes them; a run that succeeds removes them, one that fails gives them back. */
async function run(handle: (event: SQSEvent) => Promise<unknown>): Promise<void> {
  const asked = { QueueUrl: queue, MaxNumberOfMessages: 10, AttributeNames: ["All"] };
  const { Messages } = (await sqs("ReceiveMessage", asked)) as { Messages: readonly Received[] };
  const Records = Messages.map(({ MessageId, ReceiptHandle, Body, Attributes }): SQSRecord => ({
    ...{ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, messageAttributes: {} },
    attributes: Attributes as unknown as SQSRecord["attributes"],
    ...{ md5OfBody: "", eventSource: "aws:sqs", eventSourceARN: "arn", awsRegion: "eu-central-1" },
  }));
  let failed: unknown = null;
  await handle({ Records }).catch((error: unknown) => (failed = error));
  proxy.always(null);
  for (const { ReceiptHandle } of Messages) {
    if (failed === null) await sqs("DeleteMessage", { QueueUrl: queue, ReceiptHandle });
    else await sqs("ChangeMessageVisibility", { QueueUrl: queue, ReceiptHandle, VisibilityTimeout: 0 });
  }
  if (failed !== null) throw failed;
}
const left = async (): Promise<unknown> => {
  const asked = { QueueUrl: queue, AttributeNames: ["ApproximateNumberOfMessages"] };
  return ((await sqs("GetQueueAttributes", asked)) as { Attributes: Record<string, string> }).Attributes[
    "ApproximateNumberOfMessages"
  ];
};
const send = async (...bodies: readonly string[]): Promise<void> => {
  for (const MessageBody of bodies) await sqs("SendMessage", { QueueUrl: queue, MessageBody });
};

const ingest = () => {
  const { tenant, ports } = lambdaIngest(env);
  return { tenant, ports: { ...ports, metrics: { put: () => undefined } } };
};
const stored = async (bucket: string, select: string) => {
  const written = new Set(proxy.seen.filter((line) => line.startsWith(`PUT /${bucket}/`)));
  const keys = [...written].map((line) => decodeURIComponent(line.slice(6 + bucket.length)));
  return parquetRows(await Promise.all(keys.map((key) => s3Objects(access).read(bucket, key))), select);
};

describe("messages of the error queue", () => {
  withMoto("become the rows that they would have been: the same msg_id as by the stream", async () => {
    await send(ruleError(reading(1)), ruleError(reading(2)));
    await run(createRedelivery(ingest()));
    const rows = await stored("curated", "msg_id, seq, device_id, value_double AS v");
    expect(rows.map(({ seq, device_id, v }) => [seq, device_id, v])).toEqual(
      expect.arrayContaining([
        ["1", "press-01", 1],
        ["2", "press-01", 2],
      ]),
    );
    expect(await left()).toBe("0");
    proxy.seen.length = 0;
    const envelope = (seq: number) =>
      JSON.stringify({
        ...{ b: Buffer.from(reading(seq)).toString("base64"), t: "devices/press-01/telemetry" },
        ...{ c: "press-01", ts: at },
      });
    const records = [1, 2].map((seq) => ({
      ...{ SequenceNumber: String(seq), PartitionKey: "press-01", ApproximateArrivalTimestamp: at / 1_000 },
      Data: Buffer.from(envelope(seq)).toString("base64"),
    }));
    await kinesisHandler(ingest())(kinesisEvent(records));
    expect(await stored("curated", "msg_id, seq, device_id, value_double AS v")).toEqual(rows);
  });

  withMoto(
    "that are none, or nobody can decode, are quarantined whole; the others are not held",
    async () => {
      const odd = Uint8Array.of(0xf4, 0xff);
      await send(
        ruleError(odd),
        "no error of a rule",
        ruleError(reading(3)),
        ruleError(reading(4), { clientId: "press-02" }),
        ruleError("", { base64OriginalPayload: "*" }),
        JSON.stringify({ ruleName: "acme_telemetry" }),
      );
      await run(createRedelivery(ingest()));
      expect(await stored("curated", "seq")).toEqual([{ seq: "3" }]);
      expect(await stored("quarantine", "reason, device_id")).toEqual([
        { reason: "id-mismatch", device_id: "press-02" },
        { reason: "not-well-formed", device_id: "" },
        { reason: "not-well-formed", device_id: "press-01" },
        { reason: "schema", device_id: "" },
        { reason: "schema", device_id: "" },
      ]);
      expect(await stored("quarantine", "payload")).toContainEqual({ payload: "f4ff" });
    },
  );

  withMoto(
    "stay in the queue while a sink is throttled, out of order or cut off, and are lost by none",
    async () => {
      await send(ruleError(reading(5)), ruleError("no json"));
      for (const trouble of [{ status: 503 }, { status: 500 }, "cut-request"] as const) {
        await expect(
          run(async (event) => {
            proxy.always(trouble);
            await createRedelivery(ingest())(event);
          }),
        ).rejects.toThrow(/could not write s3:\/\/raw|fetch failed/);
        expect(await left()).toBe("2");
      }
      proxy.seen.length = 0;
      await run(async (event) => {
        proxy.next("cut-answer", { status: 503 }, "cut-request");
        await createRedelivery(ingest())(event);
      });
      expect(await left()).toBe("0");
      expect(await stored("curated", "seq")).toEqual([{ seq: "5" }]);
      expect(await stored("quarantine", "reason")).toEqual([{ reason: "not-well-formed" }]);
    },
  );

  withMoto("reach the function that the stream reaches too", async () => {
    Object.assign(process.env, env);
    const metrics = jest.spyOn(console, "log").mockImplementation(() => undefined);
    await send(ruleError(reading(6)));
    await run(async (event) => handler(event));
    expect(await stored("curated", "seq")).toEqual([{ seq: "6" }]);
    expect(await handler({ Records: [] })).toEqual({ batchItemFailures: [] });
    expect(isFromQueue(kinesisEvent([]))).toBe(false);
    metrics.mockRestore();
  });
});
