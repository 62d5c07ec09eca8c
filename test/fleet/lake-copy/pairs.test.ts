/** The same environment on another target: rows, messages and quarantine between real parts of all three. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { payload } from "../../../bench/support/payloads.ts";
import type { StackLake } from "../../../fleet/commands/lake/stack-lake.ts";
import type { CloudLake } from "../../../fleet/lake-copy/cloud-destination.ts";
import { awsAccess } from "../../../functions/adapters/aws-client.ts";
import { azureFetch } from "../../../functions/adapters/azure-client.ts";
import { blobList } from "../../../functions/adapters/blob-list.ts";
import { blobObjects, blobRemoval } from "../../../functions/adapters/blob.ts";
import { s3List } from "../../../functions/adapters/s3-list.ts";
import { s3Objects, s3Removal } from "../../../functions/adapters/s3.ts";
import { rawFiles } from "../../../site/replay/raw-files.ts";
import { rawMessages } from "../../../site/replay/raw-messages.ts";
import { Keyring } from "../../../site/seal.ts";
import { openLake, type Lake } from "../../../site/store/lake.ts";
import { takeOverRequest } from "../../../site/store/take-over.ts";
import { rowAnswer } from "../../functions/parquet-rows.ts";
import { storeFolder, type Store, type StoreFolder } from "../../site/store/support.ts";
import { startAzurite, type Azurite } from "../../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../../support/flaky-proxy.ts";
import { fakeSite } from "../support/site.ts";
import { startMoto, type Moto } from "../support/tools.ts";
import { cloudStack, copied, environment, figures, messagesOf, rowsOf } from "./support.ts";

const zones = ["raw", "curated", "quarantine"] as const;
const lakes = ["first", "second"];
const site = storeFolder();
let store: Store;
let source: StackLake;
/** Another site, that takes over. */
const place = storeFolder();
let takingOver: Lake;
/** Commits of the other site until its end. */
let left = Infinity;
let control: Awaited<ReturnType<typeof fakeSite>>;
let destination: StackLake;
let moto: Moto | null = null;
let azurite: Azurite | null = null;
let proxy: FlakyProxy;
const clouds = new Map<string, StackLake & { readonly cloud: CloudLake }>();

const placesOf = (prefix: string, lake: string) =>
  Object.fromEntries(
    zones.map((zone) => [zone, `${prefix}${lake}-${zone}`]),
  ) as unknown as CloudLake["places"];
const add = (stack: string, target: "aws" | "azure", cloud: CloudLake) =>
  clouds.set(stack, { ...cloudStack(stack, target, cloud), cloud });

beforeAll(async () => {
  const containers = lakes.flatMap((lake) => zones.map((zone) => `${lake}-${zone}`));
  [moto, azurite, store] = await Promise.all([startMoto(), startAzurite(containers), site.open()]);
  if (moto !== null) {
    const access = awsAccess({ ...moto.env, AWS_ENDPOINT_URL: moto.endpoint });
    const body =
      "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    for (const bucket of containers)
      await access.fetch("s3", access.address("s3", bucket), { method: "PUT", body });
    const ports = { objects: s3Objects(access), list: s3List(access), removal: s3Removal(access) };
    for (const lake of lakes) add(`aws-${lake}`, "aws", { ...ports, places: placesOf("", lake) });
  }
  if (azurite !== null) {
    proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
    const fetch = azureFetch(azurite.env);
    const ports = { objects: blobObjects(fetch), list: blobList(fetch), removal: blobRemoval(fetch) };
    for (const lake of lakes)
      add(`azure-${lake}`, "azure", { ...ports, places: placesOf(`${proxy.url}/devstoreaccount1/`, lake) });
  }
  source = localStack("local-dev", site);
  destination = localStack("local-prod", place);
  takingOver = await openPlace();
  control = await fakeSite({
    "POST /take-over": async (body) => {
      if (--left < 0) return { status: 422, body: { error: { code: "Killed", message: "killed" } } };
      await takingOver.takeOver(takeOverRequest.parse(body));
      return { body: {} };
    },
  });
  control.linkAs(join(place.dataFolder, "run"));
  await send();
}, 120_000);
afterAll(async () => {
  await store?.close();
  await takingOver?.close();
  await control?.close();
  site.remove();
  place.remove();
  await moto?.stop();
  await proxy?.close();
  await azurite?.stop();
});

const localStack = (stack: string, { dataFolder, keyFile }: StoreFolder): StackLake => ({
  ...{ stack, name: `${environment} ${stack}`, cloud: null },
  config: { target: "local", environment, azure: {} } as StackLake["config"],
  local: { dataFolder, keyring: Keyring.fromFile(keyFile), tenant: environment },
});

const openPlace = (): Promise<Lake> =>
  openLake({
    settings: {
      ...{ tenant: environment, dataFolder: place.dataFolder, keyFile: place.keyFile },
      retentionDays: { raw: 0, curated: 0, quarantine: 0 },
    },
    extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
    logger: pino({ level: "silent" }),
  });

let last = 0;
/** Rows of each table, and what no decoder takes. */
async function send(): Promise<void> {
  const from = (last += 10);
  const at = Date.now() - 3_600_000;
  const readings = [1, 2, 3].map((seq) => ({
    seq: from + seq,
    ts: at + seq,
    temperature: seq / 3,
    cycles: seq,
  }));
  await store.send("press-01", ...readings, `{worse ${from}`);
  await store.send("wrist-01", payload("frame62", from + 1));
  await settle();
}
async function settle(): Promise<void> {
  await store.log.endSegment();
  await store.lake.flush();
}

async function answersOfSite(lake: Lake = store.lake): Promise<Record<string, unknown[]>> {
  const bytes: Record<string, readonly string[]> = {
    readings: ["msg_id", "value_bytes"],
    frames_wearable_imu: ["msg_id"],
    quarantine: ["msg_id", "payload"],
  };
  const answers: Record<string, unknown[]> = {};
  for (const [table, columns] of Object.entries(bytes)) {
    const file = join(site.folder, `${table}-${process.hrtime.bigint()}.parquet`);
    const hex = columns.map((name) => `lower(hex(${name})) AS ${name}`).join(", ");
    await lake.exportParquet(`SELECT * REPLACE (${hex}) FROM ${table}`, file);
    answers[table] = await rowAnswer([readFileSync(file)]);
  }
  return answers;
}
const answersOf = ({ stack, cloud }: StackLake): Promise<Record<string, unknown[]>> =>
  cloud === null ? answersOfSite(stack === source.stack ? store.lake : takingOver) : rowsOf(cloud);

/** Messages of the raw zone, each once and without its place in the stream, which is the lake's own. */
async function saidTo({ cloud, local }: StackLake): Promise<string[]> {
  if (cloud !== null)
    return (await messagesOf(cloud)).map((text) => said(JSON.parse(text) as Record<string, unknown>)).sort();
  const { dataFolder, keyring } = local!;
  const found: string[] = [];
  for (const { file } of await rawFiles(dataFolder, 0, Infinity))
    for await (const { message } of rawMessages(file, keyring, environment, () => undefined))
      found.push(said({ ...message, payload: Buffer.from(message.payload).toString("hex") }));
  return [...new Set(found)].sort();
}
const said = ({ deviceId, channel, receivedAt, payload }: Record<string, unknown>): string =>
  JSON.stringify([deviceId, channel, receivedAt, payload]);

/** Where a server can't be had, its start has said so. */
describe.each([
  ["local-dev", "aws-first"],
  ["local-dev", "azure-first"],
  ["azure-first", "aws-second"],
  ["aws-first", "azure-second"],
  ["azure-second", "local-prod"],
])("from %s to %s", (from, to) => {
  const ends = () => {
    const here = from === "local-dev" ? source : clouds.get(from);
    const there = to === "local-prod" ? destination : clouds.get(to);
    return here === undefined || there === undefined ? null : { here, there };
  };

  test("the same rows and messages lie there; again nothing is copied; what is new comes", async () => {
    const both = ends();
    if (both === null) return;
    const { here, there } = both;
    if (here.cloud !== null) await copied(source, here);
    const planned = await copied(here, there, { dryRun: true });
    expect(planned.sums.tables.map(({ table }) => table)).toEqual([
      ...["frames_wearable_imu", "quarantine", "raw", "readings"],
    ]);
    if (there.cloud !== null) expect(await rowsOf(there.cloud)).toEqual({});

    const { sums, error } = await copied(here, there);
    expect([error, sums.damaged]).toEqual([null, []]);
    const expected = await answersOf(here);
    expect(expected["readings"]!.length).toBeGreaterThan(0);
    expect(await answersOf(there)).toEqual(expected);
    const messages = await saidTo(there);
    expect(messages).toHaveLength(figures(sums)["raw"]![0]!);
    expect(messages).toEqual(await saidTo(here));
    expect((await copied(here, there)).sums.tables).toEqual([]);

    await send();
    if (here.cloud !== null) await copied(source, here);
    const later = figures((await copied(here, there)).sums);
    expect([later["readings"], later["quarantine"], later["raw"]]).toEqual([
      [7, 7, 0, 0],
      [1, 1, 0, 0],
      [5, 5, 0, 0],
    ]);
    expect(await answersOf(there)).toEqual(await answersOf(here));
  }, 60_000);
});

test("a site that ends before any of its commits has nothing doubled; its lake, opened again, is the same", async () => {
  await send();
  await store.lake.compact();
  for (let commits = 0; ; commits++) {
    left = commits;
    const { error } = await copied(source, destination);
    if (error === null) break;
    expect(error.message).toBe("killed");
  }
  left = Infinity;
  await takingOver.close();
  takingOver = await openPlace();
  const named = new Set((await takingOver.parts()).map(({ path }) => path));
  const there = place.files(/(curated|quarantine)\/.*parquet$/).map((file) => file.split("/lake/")[1]);
  expect(there.filter((path) => !named.has(path!))).toEqual([]);
  expect(await answersOf(destination)).toEqual(await answersOf(source));
  expect(await saidTo(destination)).toEqual(await saidTo(source));
  const plain = place.files(/\.(parquet|seg)$/).filter((file) => readFileSync(file).includes("press-01"));
  expect(plain).toEqual([]);
}, 60_000);

test("small files that the source merges meanwhile double nothing; a file that is not what it was is named, the rest comes", async () => {
  const there = clouds.get("aws-first");
  if (there === undefined) return;
  await store.lake.compact();
  const merged = await copied(source, there);
  expect(merged.error).toBeNull();
  expect(await rowsOf(there.cloud)).toEqual(await answersOfSite());

  await send();
  const before = (await rowsOf(there.cloud))["frames_wearable_imu"];
  const known = new Set(site.files(/frames_.*parquet$/));
  await send();
  const [fresh] = site.files(/frames_.*parquet$/).filter((file) => !known.has(file)) as [string];
  appendFileSync(fresh, "x");
  const { error, sums } = await copied(source, there);
  expect(error?.message).toMatch(/^1 file of local-dev could not be copied whole; everything else was$/);
  expect(sums.damaged).toEqual([
    expect.stringMatching(/frames_.*its content has the SHA-256 .* the manifest says /),
  ]);
  expect(figures(sums)["readings"]).toEqual([14, 14, 0, 0]);
  expect((await rowsOf(there.cloud))["frames_wearable_imu"]!.length).toBeGreaterThan(before!.length);
}, 60_000);
