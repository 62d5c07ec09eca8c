/** The same messages give the same insights, worked out by the site, by the Lambda over S3 and by the function over blobs. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { pino } from "pino";
import { payload } from "../../../bench/support/payloads.ts";
import { awsAccess } from "../../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../../functions/adapters/azure-client.ts";
import { blobKept } from "../../../functions/adapters/blob-kept.ts";
import { blobList } from "../../../functions/adapters/blob-list.ts";
import { blobObjects, blobRemoval } from "../../../functions/adapters/blob.ts";
import { identify } from "../../../functions/adapters/host-ingest.ts";
import { parquetSink, rawZone } from "../../../functions/adapters/lake.ts";
import { s3Kept } from "../../../functions/adapters/s3-kept.ts";
import { s3List } from "../../../functions/adapters/s3-list.ts";
import { s3Objects, s3Removal } from "../../../functions/adapters/s3.ts";
import type { InsightPorts } from "../../../functions/cloud-insights/ports.ts";
import { readingsBlock } from "../../../functions/core/columns.ts";
import { createDecoder } from "../../../functions/core/decoder.ts";
import { insightDeclaration } from "../../../functions/declared-insights/declaration.ts";
import { createHandler as awsHandler } from "../../../functions/handlers/aws-declared-insights.ts";
import type { InsightRun } from "../../../functions/cloud-insights/run.ts";
import { ingest } from "../../../functions/ingest.ts";
import { NodeBirths } from "../../../functions/node-births.ts";
import { nodePorts } from "../../../functions/platform.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { insightsTable, rollUpTables } from "../../../functions/declared-insights/tables.ts";
import type { TableSchema } from "../../../functions/core/table.ts";
import { Insights } from "../../../site/insights/insights.ts";
import { startMoto, type Moto } from "../../fleet/support/tools.ts";
import { ask, hear, portsOf, type LakeStore } from "../../functions/declared-insights/cloud-lake.ts";
import { memoryBirths } from "../../functions/memory-births.ts";
import { startAzurite, type Azurite } from "../../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../../support/flaky-proxy.ts";
import { now as arrival, storeFolder, type Store, type StoreFolder } from "../store/support.ts";

const hour = 3_600_000;
/** Noon of the last whole day: in the past, and within what a device's clock may be behind. */
const noon = Math.floor(Date.now() / (24 * hour)) * 24 * hour - 12 * hour;
const asked = noon + 3 * hour;

const declared = [
  { kind: "gap", name: "gaps", minutes: 5 },
  { kind: "late", name: "late", minutes: 30 },
  { kind: "limit", name: "hot", metrics: "temp*", above: 80, release: 70 },
  { kind: "anomaly", name: "odd", devices: "press-02" },
  { kind: "forecast", name: "soon", metrics: "temperature", step: "1m", horizon: 5, above: 500 },
];

/** Quarters of a degree: their sums are the same in any order. */
const curve = (at: number): number => (at === 700 ? 400 : 60 + Math.round(25 * Math.sin(at / 30) * 4) / 4);
const messages: readonly { readonly device: string; readonly payload: Buffer }[] = [
  ...["press-01", "press-02"].flatMap((device) =>
    Array.from({ length: 800 }, (_, at) => ({ device, at }))
      .filter(({ at }) => device === "press-02" || at < 300 || at > 320)
      .map(({ at }) => ({
        device,
        payload: Buffer.from(
          JSON.stringify({ ts: noon - 12 * hour + at * 60_000, seq: at, temperature: curve(at) }),
        ),
      })),
  ),
  ...Array.from({ length: 3 }, (_, at) => ({ device: "wrist-01", payload: payload("frame62", at) })),
];

const tables = [...Object.values(rollUpTables), insightsTable];
/** Rows without the name of what they rest on, which is made of the hashes of a target's own files. */
const rowsOf = ({ name, columns }: TableSchema): string => {
  const said = columns.filter((column) => column.name !== "evidence");
  const selected = said.map((column) =>
    column.type === "timestamp" ? `epoch_us(${column.name}) AS ${column.name}` : column.name,
  );
  return `SELECT ${selected.join(", ")} FROM ${name} ORDER BY ALL`;
};
const restsOn = `SELECT DISTINCT file, sha256 FROM insight_evidence WHERE source = 'readings' ORDER BY ALL`;

let place: StoreFolder;
let store: Store;
let moto: Moto | null = null;
let azurite: Azurite | null = null;
/** Azurite's certificate is nobody's. */
let proxy: FlakyProxy | null = null;
const expected = new Map<string, readonly (readonly unknown[])[]>();

beforeAll(async () => {
  [moto, azurite] = await Promise.all([startMoto(), startAzurite(["raw", "curated", "quarantine"])]);
  if (azurite !== null) proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
  place = storeFolder();
  store = await place.open();
  for (const { device, payload: bytes } of messages) await store.send(device, bytes);
  await store.lake.flush();
  const insights = new Insights({
    ...{ lake: store.lake, logger: pino({ level: "silent" }), tenant: "acme", retentionDays: 0 },
    ...{ dataFolder: place.dataFolder, keyFile: place.keyFile },
    extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
    declaration: insightDeclaration.parse({ declared }),
    now: () => asked,
  });
  await insights.look();
  expect(insights.trouble).toBeNull();
  await insights.stop();
  for (const table of tables) expected.set(table.name, (await store.lake.query(rowsOf(table))).rows);
}, 180_000);
afterAll(async () => {
  await store.close();
  place.remove();
  moto?.stop();
  await proxy?.close();
  await azurite?.stop();
});

/** What a cloud's decoder writes of the messages, heard of by its function. */
async function arrive(
  target: LakeStore,
  [raw, curated, quarantine]: readonly [string, string, string],
): Promise<void> {
  const profiles = await readProfiles(["machine-json", "wearable-imu"]);
  const decoder = createDecoder(
    profiles,
    [
      { devices: "press-*", profile: "machine-json" },
      { devices: "wrist-*", profile: "wearable-imu" },
    ],
    { ...nodePorts, tenant: "acme", clockWindow: { behind: 604_800, ahead: 600 } },
  );
  const metrics = { put: () => undefined };
  const sink = parquetSink(target.objects, curated, "hex");
  const opened = messages.map(({ device, payload: bytes }, position) => ({
    message: {
      ...{ tenant: "acme", deviceId: device, channel: "telemetry", payload: bytes },
      ...{
        receivedAt: arrival(),
        position: String(position),
        contentType: "application/json",
        lane: "live" as const,
      },
    },
    fault: null,
  }));
  const readings = await ingest(opened, {
    ...{ decoder, metrics, identify, now: Date.now, curated: sink },
    births: new NodeBirths(decoder.births, memoryBirths(), metrics),
    raw: rawZone(target.objects, raw),
    quarantine: parquetSink(target.objects, quarantine, "hex"),
  });
  await sink.write(readingsBlock(readings.flat()));
  for (const { key } of await target.list.all(curated, ""))
    if (key.endsWith(".parquet")) await hear(target.objects, curated, key);
}

async function sameAsTheSite(
  target: LakeStore,
  zones: readonly [string, string, string],
  handlerOf: (ports: InsightPorts) => () => Promise<InsightRun>,
): Promise<void> {
  await arrive(target, zones);
  const handler = handlerOf(portsOf(target, zones[1], { declared }, () => asked));
  const run = await handler();
  expect(run).toMatchObject({ state: "done", failed: [] });
  expect(run.units).toBeGreaterThan(18);
  const [files = [], ...found] = await ask(target, zones[1], restsOn, ...tables.map(rowsOf));
  for (const [index, { name }] of tables.entries()) {
    expect(expected.get(name)?.length).toBeGreaterThan(3);
    expect(found[index]?.map(comparable)).toEqual(expected.get(name)?.map(comparable));
  }
  const curated = (await target.list.all(zones[1], "readings/")).map(({ key }) => key);
  expect(files.map(([file]) => file)).toEqual(curated);
  expect(await handler()).toEqual({ state: "done", units: 0, failed: [] });
}

/** As text: one side has whole numbers as such. */
const comparable = (row: readonly unknown[]): readonly string[] => row.map(String);

describe("declared insights of every target", () => {
  test("an anomaly, a gap, a limit, silence and a forecast were found by the site", () => {
    const kinds = new Set(expected.get("insights")?.flat().map(String));
    for (const kind of ["gap", "late", "limit", "anomaly", "forecast", "remaining-time"])
      expect(kinds).toContain(kind);
  });

  test("the Lambda finds the same in S3", async () => {
    if (moto === null) return;
    const access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
    const configuration =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    for (const bucket of ["raw", "curated", "quarantine"])
      await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body: configuration });
    const target = {
      objects: s3Objects(access),
      list: s3List(access),
      kept: s3Kept(access),
      removal: s3Removal(access),
    };
    await sameAsTheSite(target, ["raw", "curated", "quarantine"], awsHandler);
  }, 120_000);

  test("the function finds the same in blobs", async () => {
    if (azurite === null) return;
    // Outside of its host, Microsoft's library says so at length.
    const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
    const { createHandler } = await import("../../../functions/handlers/azure-declared-insights.ts");
    warned.mockRestore();
    const fetch = azureFetch(azurite.env);
    const target = {
      objects: blobObjects(fetch),
      list: blobList(fetch),
      kept: blobKept(fetch),
      removal: blobRemoval(fetch),
    };
    const at = (zone: string): string => `${proxy?.url}/devstoreaccount1/${zone}`;
    await sameAsTheSite(target, [at("raw"), at("curated"), at("quarantine")], createHandler);
  }, 120_000);
});
