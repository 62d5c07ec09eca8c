/** The stores of births that the clouds have, behind a network that breaks; and their decoders as processes of their own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { awsAccess, type AwsAccess } from "../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { birthBlobs } from "../../functions/adapters/blob-births.ts";
import { blobObjects } from "../../functions/adapters/blob.ts";
import { birthsTable } from "../../functions/adapters/dynamodb-births.ts";
import { functionIngest } from "../../functions/adapters/function-ingest.ts";
import { lambdaIngest } from "../../functions/adapters/lambda-ingest.ts";
import { s3Objects } from "../../functions/adapters/s3.ts";
import { settingsFile } from "../../functions/agreements.ts";
import { birthKeys } from "../../functions/aws-agreements.ts";
import { topicOf } from "../../functions/core/envelope.ts";
import type { Message } from "../../functions/core/model.ts";
import { createHandler as firehoseHandler } from "../../functions/handlers/aws-firehose.ts";
import { createHandler as kinesisHandler } from "../../functions/handlers/aws-kinesis.ts";
import type { BirthStore } from "../../functions/ports.ts";
import { startMoto, type Moto } from "../fleet/support/tools.ts";
import { startAzurite, type Azurite } from "../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy, type Trouble } from "../support/flaky-proxy.ts";
import { kinesisEvent } from "./kinesis-events.ts";
import { parquetRows } from "./parquet-rows.ts";
import { birth, profile, sent } from "./sparkplug-support.ts";
import { received } from "./support.ts";

/** A cloud, or null where what stands for it can't be had; its start has said so. */
interface Cloud {
  readonly proxy: FlakyProxy;
  readonly store: BirthStore;
  readonly throttled: Trouble;
  /** Handlers of functions that have just started. */
  readonly functions: Readonly<Record<string, () => (messages: readonly Message[]) => Promise<unknown>>>;
  /** Objects of the curated zone. */
  readings(): Promise<Uint8Array[]>;
}

let folder: string;
let moto: Moto | null = null;
let azurite: Azurite | null = null;
const clouds: Partial<Record<string, Cloud>> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "births-"));
  const bindings = [{ devices: "*", profile: profile.name }];
  const clockWindow = { behind: 604_800, ahead: 600 };
  const settings = { tenant: "acme", profiles: [profile], bindings, clockWindow };
  await writeFile(join(folder, settingsFile), JSON.stringify(settings));
  [moto, azurite] = await Promise.all([
    startMoto(),
    startAzurite(["raw", "curated", "quarantine", "births"]),
  ]);
  if (moto !== null) clouds["aws"] = await aws(moto);
  if (azurite !== null) clouds["azure"] = await azure(azurite);
}, 120_000);
afterAll(async () => {
  for (const cloud of Object.values(clouds)) await cloud?.proxy.close();
  moto?.stop();
  await azurite?.stop();
  await rm(folder, { recursive: true });
});

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64");
const arrived = received / 1_000;

async function aws({ endpoint, env: motoEnv }: Moto): Promise<Cloud> {
  const proxy = await startFlakyProxy(endpoint);
  const env = {
    ...{ ...motoEnv, AWS_ENDPOINT_URL: proxy.url, LAMBDA_TASK_ROOT: folder, BIRTHS_TABLE: "births" },
    ...{ RAW_BUCKET: "raw", CURATED_BUCKET: "curated", QUARANTINE_BUCKET: "quarantine" },
  };
  const access = awsAccess(env);
  await makeTable(access);
  for (const bucket of ["raw", "curated", "quarantine"]) {
    const body =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    expect((await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body })).status).toBe(
      200,
    );
  }
  const wrapped = (message: Message): string => {
    const { payload, deviceId } = message;
    return base64(JSON.stringify({ b: base64(payload), t: topicOf(message), c: deviceId, ts: arrived }));
  };
  const ingest = () => {
    const { tenant, ports } = lambdaIngest(env);
    return { tenant, ports: { ...ports, metrics: { put: () => undefined } } };
  };
  const objects = s3Objects(access);
  return {
    proxy,
    store: birthsTable(access, "births"),
    throttled: {
      status: 400,
      body: '{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}',
    },
    functions: {
      "Lambda on Kinesis": () => {
        const handle = kinesisHandler(ingest());
        return async (messages) => {
          const records = messages.map((message, index) => ({
            ...{ SequenceNumber: String(index), PartitionKey: message.deviceId },
            ...{ Data: wrapped(message), ApproximateArrivalTimestamp: arrived / 1_000 },
          }));
          expect(await handle(kinesisEvent(records))).toEqual({ batchItemFailures: [] });
        };
      },
      "Lambda behind Firehose": () => {
        const handle = firehoseHandler(ingest());
        return (messages) => {
          const records = messages.map((message, index) => ({
            ...{ recordId: String(index), approximateArrivalTimestamp: arrived, data: wrapped(message) },
          }));
          return handle({ invocationId: "i", deliveryStreamArn: "a", region: "eu-central-1", records });
        };
      },
    },
    readings: () => read(proxy, "/curated/", (key) => objects.read("curated", key)),
  };
}

async function makeTable({ fetch, address }: AwsAccess): Promise<void> {
  const made = await fetch("dynamodb", `${address("dynamodb")}/`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": "DynamoDB_20120810.CreateTable",
    },
    body: JSON.stringify({
      TableName: "births",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: birthKeys.partition, AttributeType: "S" }],
      KeySchema: [{ AttributeName: birthKeys.partition, KeyType: "HASH" }],
    }),
  });
  expect(made.status).toBe(200);
}

async function azure(server: Azurite): Promise<Cloud> {
  const proxy = await startFlakyProxy(new URL(server.endpoint).origin);
  const address = (container: string) => `${proxy.url}/devstoreaccount1/${container}`;
  const env = {
    ...{ ...server.env, RAW_CONTAINER: address("raw"), CURATED_CONTAINER: address("curated") },
    ...{ QUARANTINE_CONTAINER: address("quarantine"), BIRTHS_CONTAINER: address("births") },
  };
  // Outside of its host, Microsoft's library says so at length.
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const { createHandler } = await import("../../functions/handlers/azure-decoder.ts");
  warned.mockRestore();
  const objects = blobObjects(azureFetch(env));
  return {
    proxy,
    store: birthBlobs(azureFetch(env), address("births")),
    throttled: { status: 503, headers: { "retry-after": "0", "x-ms-error-code": "ServerBusy" } },
    functions: {
      "Functions on Event Hubs": () => {
        const { tenant, ports } = functionIngest(env, folder);
        const handle = createHandler({ tenant, ports: { ...ports, metrics: { put: () => undefined } } });
        return (messages) => {
          const events = messages.map((message) =>
            Buffer.from(
              JSON.stringify({
                ...{ specversion: "1.0", subject: topicOf(message), time: new Date(arrived).toISOString() },
                ...{ clientname: message.deviceId, data_base64: base64(message.payload) },
              }),
            ),
          );
          const triggerMetadata = { triggeredFrom: "test", sequenceNumberArray: events.map((_, at) => at) };
          return handle(events, { triggerMetadata: triggerMetadata as never });
        };
      },
    },
    readings: () => read(proxy, "/devstoreaccount1/curated/", (key) => objects.read(address("curated"), key)),
  };
}

const read = ({ seen }: FlakyProxy, prefix: string, get: (key: string) => Promise<Uint8Array>) => {
  const written = new Set(seen.filter((line) => line.startsWith(`PUT ${prefix}`)));
  return Promise.all([...written].map((line) => get(decodeURIComponent(line.slice(4 + prefix.length)))));
};

beforeEach(() => {
  for (const cloud of Object.values(clouds)) {
    cloud?.proxy.next();
    cloud?.proxy.always(null);
    if (cloud) cloud.proxy.seen.length = 0;
  }
});

/** Tests of what is proved with a server that speaks the true interface. */
const on = (name: string, title: string, body: (cloud: Cloud) => Promise<void>) =>
  test(title, async () => {
    const cloud = clouds[name];
    if (cloud !== undefined) await body(cloud);
  });

const bytes = Buffer.from("some bytes");
const odd = "../plant 1/é?#%2f";

describe.each(["aws", "azure"])("the store of %s", (name) => {
  on(name, "keeps a node in place of the revision that was read, and of no other", async ({ store }) => {
    expect([...(await store.load([odd, "none"]))]).toEqual([]);
    const first = await store.keep(odd, bytes, null);
    const kept = await store.load([odd, "none"]);
    expect([...kept.keys()]).toEqual([odd]);
    expect(kept.get(odd)?.revision).toBe(first);
    expect(Buffer.from(kept.get(odd)!.bytes)).toEqual(bytes);
    expect(await store.keep(odd, bytes, null)).toBeNull();
    const second = await store.keep(odd, Buffer.from("others"), first);
    expect(second).not.toBe(first);
    expect(await store.keep(odd, bytes, first)).toBeNull();
    expect(Buffer.from((await store.load([odd])).get(odd)!.bytes).toString()).toBe("others");
    const many = await store.load(Array.from({ length: 100 }, (_, index) => `none-${index}`).concat(odd));
    expect([...many.keys()]).toEqual([odd]);
  });

  on(name, "outlasts throttling, 5xx and cut connections, and says what failed", async (cloud) => {
    const { proxy, store, throttled } = cloud;
    proxy.next(throttled, { status: 500 }, "cut-request");
    expect(await store.keep("late", bytes, null)).not.toBeNull();
    proxy.next(throttled, "cut-answer", { status: 502 });
    expect((await store.load(["late"])).size).toBe(1);
    // It was written, and we were not told: what is there says that it was us.
    proxy.next("cut-answer");
    expect(await store.keep("told-late", bytes, null)).toBeNull();
    expect(Buffer.from((await store.load(["told-late"])).get("told-late")!.bytes)).toEqual(bytes);
    proxy.always(throttled);
    await expect(store.keep("x", bytes, null)).rejects.toThrow(
      /could not write .*births.*: HTTP (400|503), /,
    );
    await expect(store.load(["x"])).rejects.toThrow(/could not read .*births.*: HTTP (400|503), /);
  });
});

const data = (deviceId: string, seq: number) =>
  sent("NDATA", seq, [{ alias: 7, doubleValue: seq }], { deviceId });
const born = (deviceId: string): Message => ({ ...birth, deviceId });
const speeds = async (cloud: Cloud) =>
  parquetRows(await cloud.readings(), "DISTINCT msg_id, value_double AS v").then((rows) =>
    rows.map(({ v }) => v).filter((v) => v !== null && v !== undefined),
  );

describe.each([
  ["aws", "Lambda on Kinesis"],
  ["azure", "Functions on Event Hubs"],
])("%s: %s", (name, host) => {
  const deviceId = `cell-${name}`;

  on(name, "reads data by a birth that another process heard, through a bad network", async (cloud) => {
    const start = cloud.functions[host]!;
    await start()([born(deviceId)]);
    cloud.proxy.next("cut-answer", cloud.throttled);
    await start()([data(deviceId, 3)]);
    expect((await speeds(cloud)).sort()).toEqual([1000, 3]);
  });

  on(name, "writes what waited for its birth in another process", async (cloud) => {
    const start = cloud.functions[host]!;
    const other = `${deviceId}-early`;
    await start()([data(other, 5), data(other, 6)]);
    expect(await speeds(cloud)).toEqual([]);
    cloud.proxy.next("cut-answer", "cut-answer", "cut-answer");
    await start()([born(other)]);
    expect((await speeds(cloud)).sort()).toEqual([1000, 5, 6]);
    cloud.proxy.seen.length = 0;
    await start()([born(other)]);
    expect(await speeds(cloud)).toEqual([1000]);
  });
});

describe("aws: Lambda behind Firehose", () => {
  on(
    "aws",
    "writes what waited as a file of its own, and answers with the birth's own rows",
    async (cloud) => {
      const start = cloud.functions["Lambda behind Firehose"]!;
      await start()([data("cell-f", 5)]);
      const answer = await start()([born("cell-f")]);
      expect(await speeds(cloud)).toEqual([5]);
      const { records } = answer as { records: { data: string }[] };
      expect(records).toHaveLength(1);
      const lines = Buffer.from(records[0]!.data, "base64").toString().trim().split("\n");
      expect(lines.map((line) => (JSON.parse(line) as { metric: string }).metric)).toEqual([
        "online",
        "bd_seq",
        "speed",
        "oven_temp",
      ]);
    },
  );
});
