/** The same environment on another target: rows, messages and quarantine between real parts of all three. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
import { Keyring } from "../../../site/seal.ts";
import { rowAnswer } from "../../functions/parquet-rows.ts";
import { storeFolder, type Store } from "../../site/store/support.ts";
import { startAzurite, type Azurite } from "../../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../../support/flaky-proxy.ts";
import { startMoto, type Moto } from "../support/tools.ts";
import { cloudStack, copied, environment, figures, messagesOf, rowsOf } from "./support.ts";

const zones = ["raw", "curated", "quarantine"] as const;
const lakes = ["first", "second"];
const site = storeFolder();
let store: Store;
let source: StackLake;
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
  const keyring = Keyring.fromFile(site.keyFile);
  source = {
    ...{ stack: "local-dev", name: `${environment} here`, cloud: null },
    config: { target: "local", environment, azure: {} } as StackLake["config"],
    local: { dataFolder: site.dataFolder, keyring, tenant: environment },
  };
  await send();
}, 120_000);
afterAll(async () => {
  await store?.close();
  site.remove();
  await moto?.stop();
  await proxy?.close();
  await azurite?.stop();
});

let last = 0;
/** Rows of each table, and what no decoder takes. */
async function send(): Promise<void> {
  const from = (last += 10);
  const at = Date.now() - 3_600_000;
  const said = [1, 2, 3].map((seq) => ({ seq: from + seq, ts: at + seq, temperature: seq / 3, cycles: seq }));
  await store.send("press-01", ...said, `{worse ${from}`);
  await store.send("wrist-01", payload("frame62", from + 1));
  await settle();
}
async function settle(): Promise<void> {
  await store.log.endSegment();
  await store.lake.flush();
}

async function answersOfSite(): Promise<Record<string, unknown[]>> {
  const bytes: Record<string, readonly string[]> = {
    readings: ["msg_id", "value_bytes"],
    frames_wearable_imu: ["msg_id"],
    quarantine: ["msg_id", "payload"],
  };
  const answers: Record<string, unknown[]> = {};
  for (const [table, columns] of Object.entries(bytes)) {
    const file = join(site.folder, `${table}-${process.hrtime.bigint()}.parquet`);
    const hex = columns.map((name) => `lower(hex(${name})) AS ${name}`).join(", ");
    await store.lake.exportParquet(`SELECT * REPLACE (${hex}) FROM ${table}`, file);
    answers[table] = await rowAnswer([readFileSync(file)]);
  }
  return answers;
}

/** Where a server can't be had, its start has said so. */
describe.each([
  ["local-dev", "aws-first"],
  ["local-dev", "azure-first"],
  ["azure-first", "aws-second"],
  ["aws-first", "azure-second"],
])("from %s to %s", (from, to) => {
  const ends = () => {
    const here = from === "local-dev" ? source : clouds.get(from);
    const there = clouds.get(to);
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
    expect(await rowsOf(there.cloud)).toEqual({});

    const { sums, error } = await copied(here, there);
    expect([error, sums.damaged]).toEqual([null, []]);
    const expected = here.cloud === null ? await answersOfSite() : await rowsOf(here.cloud);
    expect(expected["readings"]!.length).toBeGreaterThan(0);
    expect(await rowsOf(there.cloud)).toEqual(expected);
    const messages = await messagesOf(there.cloud);
    expect(messages).toHaveLength(figures(sums)["raw"]![0]!);
    if (here.cloud !== null) expect(messages).toEqual(await messagesOf(here.cloud));
    expect((await copied(here, there)).sums.tables).toEqual([]);

    await send();
    if (here.cloud !== null) await copied(source, here);
    const later = figures((await copied(here, there)).sums);
    expect([later["readings"], later["quarantine"], later["raw"]]).toEqual([
      [7, 7, 0, 0],
      [1, 1, 0, 0],
      [5, 5, 0, 0],
    ]);
    expect(await rowsOf(there.cloud)).toEqual(
      here.cloud === null ? await answersOfSite() : await rowsOf(here.cloud),
    );
  }, 60_000);
});

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
