/** The same messages raise and end the same alarms: looked at by the site, by the Lambda over S3 and by the function over blobs. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { join } from "node:path";
import { pino } from "pino";
import { documentContainer } from "../../../functions/adapters/cosmos-documents.ts";
import { documentTable } from "../../../functions/adapters/dynamodb-documents.ts";
import { awsAccess } from "../../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../../functions/adapters/azure-client.ts";
import { blobObjects } from "../../../functions/adapters/blob.ts";
import { identify } from "../../../functions/adapters/host-ingest.ts";
import { parquetSink, rawZone } from "../../../functions/adapters/lake.ts";
import type { LandedPorts } from "../../../functions/adapters/landed-file.ts";
import { s3Objects } from "../../../functions/adapters/s3.ts";
import type { Alarm } from "../../../functions/alarms/alarm.ts";
import { CloudBook } from "../../../functions/alarms/cloud-book.ts";
import { cloudRules } from "../../../functions/alarms/cloud-rules.ts";
import type { KeptDocuments } from "../../../functions/core/kept-documents.ts";
import { alarmRules } from "../../../functions/core/alarm-rule.ts";
import { readingsBlock } from "../../../functions/core/columns.ts";
import { createDecoder } from "../../../functions/core/decoder.ts";
import { createHandler as awsHandler } from "../../../functions/handlers/aws-landed.ts";
import { ingest } from "../../../functions/ingest.ts";
import { NodeBirths } from "../../../functions/node-births.ts";
import { nodePorts } from "../../../functions/platform.ts";
import type { ObjectStore } from "../../../functions/ports.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { startAlarms } from "../../../site/alarms/alarms.ts";
import { Keyring } from "../../../site/seal.ts";
import { startMoto, type Moto } from "../../fleet/support/tools.ts";
import { startFakeAzure, type FakeAzure } from "../../functions/azure-server.ts";
import { createTable } from "../../functions/dynamodb-table.ts";
import { seasonal } from "../../functions/insights/support.ts";
import { memoryBirths } from "../../functions/memory-births.ts";
import { now as arrival, storeFolder } from "../store/support.ts";

/** Of what nothing here loses. */
const fail = (message: string): never => {
  throw new Error(message);
};

const minute = 60_000;
const count = 900;
const began = Date.now() - count * minute;
const values = [...seasonal(count, 24)].map((value, at) => {
  const off = at === 560 || at === 820 ? 20 : at >= 640 && at < 670 ? 4 : 0;
  return Math.round((value + off) * 100) / 100;
});
/** As they come to be files: sizes differ, some messages come late, one clock is a day ahead. */
const files = [90, 1, 59, 250, 150, 30, 120, 100, 100].reduce<Buffer[][]>((made, length) => {
  const from = made.flat().length;
  const of = values.slice(from, from + length).map((temperature, at) => {
    const ts = began + (from + at) * minute;
    return Buffer.from(JSON.stringify({ ts, seq: from + at, temperature }));
  });
  return [...made, of];
}, []);
files[4]!.push(Buffer.from(JSON.stringify({ ts: began + 300.5 * minute, seq: 9_001, temperature: 99 })));
files[5]!.push(Buffer.from(JSON.stringify({ ts: Date.now() + 1_440 * minute, seq: 9_002, temperature: 99 })));

const rules = alarmRules.parse([
  { kind: "anomaly", name: "odd", devices: "press-*", metric: "temperature", severity: "critical" },
  { kind: "limit", name: "hot", metric: "temperature", above: 35, release: 26 },
]);

const told = ({
  rule,
  severity,
  device,
  metric,
  raisedAt,
  clearedAt,
  value,
  detail,
  evidence,
  id,
}: Alarm) => ({
  ...{ rule, severity, device, metric, raisedAt, clearedAt, value, detail, evidence, id },
});
const byId = (alarms: readonly Alarm[]) =>
  alarms.map(told).toSorted((one, other) => (one.id < other.id ? -1 : 1));

let expected: ReturnType<typeof byId>;
let azure: FakeAzure;
let moto: Moto | null = null;

beforeAll(async () => {
  [azure, moto] = await Promise.all([startFakeAzure(), startMoto()]);
  const place = storeFolder();
  const store = await place.open();
  const alarms = await startAlarms({
    settings: { rules, everySeconds: 3_600, webhook: null },
    lake: store.lake,
    broker: { devices: () => [], publishCommand: async () => true } as never,
    dataFolder: join(place.folder, "alarms"),
    keyring: Keyring.fromFile(place.keyFile),
    logger: pino({ level: "silent" }),
  });
  for (const file of files) {
    await store.send("press-01", ...file);
    await store.lake.flush();
    await alarms.look();
    expect(alarms.trouble).toBeNull();
  }
  expected = byId(alarms.desk.list({ state: "all", limit: 100 }).alarms);
  await alarms.stop();
  await store.close();
  place.remove();
}, 120_000);
afterAll(async () => {
  moto?.stop();
  await azure.close();
});

interface Cloud {
  readonly objects: ObjectStore;
  /** What its stores call a zone. */
  readonly zone: (name: string) => string;
  readonly documents: KeptDocuments;
  readonly handlerOf: (ports: LandedPorts) => (key: string) => Promise<void>;
}

/** What a cloud's decoder writes of a file's messages; the names of what it wrote. */
async function arrive({ objects, zone }: Cloud, payloads: readonly Buffer[]): Promise<string[]> {
  const keys: string[] = [];
  const watched: ObjectStore = {
    ...objects,
    create: (bucket, key, ...rest) => {
      if (bucket === zone("curated")) keys.push(key);
      return objects.create(bucket, key, ...rest);
    },
  };
  const bindings = [{ devices: "press-*", profile: "machine-json" }];
  const clockWindow = { behind: 604_800, ahead: 600 };
  const decoder = createDecoder(await readProfiles(["machine-json"]), bindings, {
    ...{ ...nodePorts, tenant: "acme", clockWindow },
  });
  const metrics = { put: () => undefined };
  const opened = payloads.map((payload, position) => ({
    message: {
      ...{ tenant: "acme", deviceId: "press-01", channel: "telemetry", payload, receivedAt: arrival() },
      ...{ position: String(position), contentType: "application/json", lane: "live" as const },
    },
    fault: null,
  }));
  const curated = parquetSink(watched, zone("curated"), "hex");
  const readings = await ingest(opened, {
    ...{ decoder, metrics, identify, now: Date.now, curated },
    births: new NodeBirths(decoder.births, memoryBirths(), metrics),
    raw: rawZone(objects, zone("raw")),
    quarantine: parquetSink(objects, zone("quarantine"), "hex"),
  });
  await curated.write(readingsBlock(readings.flat()));
  return keys;
}

/** A process for each file, as functions come and go; each file is told of twice. */
async function alarmsOf(cloud: Cloud): Promise<ReturnType<typeof byId>> {
  const { objects, documents, handlerOf } = cloud;
  const notices: string[] = [];
  const book = new CloudBook({
    documents,
    tell: ({ id }) => Promise.resolve(void notices.push(id)),
    now: Date.now,
  });
  for (const file of files) {
    const handle = handlerOf({
      ...{ objects, metrics: { put: () => undefined }, marksDue: false, now: Date.now },
      latest: { keep: () => Promise.resolve() } as never,
      rules: cloudRules({ rules, documents, book, now: Date.now, warn: fail }),
    });
    // An hour is a file of its own; hubs and buses tell of one once or several times.
    for (const key of [...(await arrive(cloud, file))].sort())
      for (let times = 0; times < 2; times++) await handle(key);
  }
  const { alarms } = await book.list({ state: "all", limit: 100 });
  const ends = alarms.flatMap(({ id, clearedAt }) =>
    clearedAt === null ? [`${id}-raised`] : [`${id}-raised`, `${id}-cleared`],
  );
  expect(notices.toSorted()).toEqual(ends.toSorted());
  return byId(alarms);
}

describe("alarms of every target", () => {
  test("the site found spikes, a shift and what is too hot; the late value and the wrong clock are none of it", () => {
    expect(expected.filter(({ rule }) => rule === "odd").length).toBeGreaterThanOrEqual(3);
    expect(expected.filter(({ rule }) => rule === "hot").length).toBeGreaterThanOrEqual(2);
    expect(expected.map(({ value }) => value)).not.toContain(99);
    expect(new Set(expected.map(({ clearedAt }) => typeof clearedAt))).toContain("number");
  });

  test("the Lambda raises the same over S3 and DynamoDB", async () => {
    if (moto === null) return;
    const access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
    const body =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    for (const bucket of ["raw", "curated", "quarantine"])
      await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body });
    await createTable(access, "alarms");
    const cloud: Cloud = {
      objects: s3Objects(access),
      zone: (name) => name,
      documents: documentTable(access, "alarms"),
      handlerOf: (ports) => (key) =>
        awsHandler(ports)({ detail: { bucket: { name: "curated" }, object: { key } } } as never),
    };
    expect(await alarmsOf(cloud)).toEqual(expected);
  }, 60_000);

  test("the function raises the same over blobs and Cosmos DB", async () => {
    // Outside of its host, Microsoft's library says so at length.
    const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
    const { createHandler } = await import("../../../functions/handlers/azure-landed.ts");
    warned.mockRestore();
    const fetch = azureFetch(azure.env);
    const account = { endpoint: azure.origin, database: "fieldlake", container: "alarms" };
    const zone = (name: string): string => `${azure.origin}/${name}`;
    const cloud: Cloud = {
      ...{ objects: blobObjects(fetch), zone },
      documents: documentContainer(fetch, account),
      handlerOf: (ports) => (key) => {
        const event = { type: "Microsoft.Storage.BlobCreated", data: { url: `${zone("curated")}/${key}` } };
        return createHandler(zone("curated"), ports)([Buffer.from(JSON.stringify([event]))]);
      },
    };
    expect(await alarmsOf(cloud)).toEqual(expected);
  }, 60_000);
});
