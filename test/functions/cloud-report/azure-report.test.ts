/** The report function of Azure as it is packaged: Azurite's blobs, and documents of a Cosmos DB of our own. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { azureFetch } from "../../../functions/adapters/azure-client.ts";
import { azureReportSource } from "../../../functions/adapters/azure-report-source.ts";
import { blobList } from "../../../functions/adapters/blob-list.ts";
import { blobObjects, blobRemoval } from "../../../functions/adapters/blob.ts";
import { documentContainer } from "../../../functions/adapters/cosmos-documents.ts";
import { cosmosRegistryOf } from "../../../functions/adapters/cosmos-registry.ts";
import { latestStateItems } from "../../../functions/adapters/cosmos.ts";
import { latestDatabase } from "../../../functions/azure-agreements.ts";
import type * as handlers from "../../../functions/handlers/azure-report.ts";
import { startAzurite, type Azurite } from "../../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../../support/flaky-proxy.ts";
import { packagedFunction, type PackagedFunction } from "../../support/packaged-function.ts";
import { startFakeAzure, type FakeAzure } from "../azure-server.ts";
import { day, expectWhole, fill, issuerPem, opened } from "./support.ts";

let azurite: Azurite | null = null;
let cosmos: FakeAzure;
let proxy: FlakyProxy;
let env: Record<string, string>;
let packaged: PackagedFunction<typeof handlers>;
/** 06:30 UTC of today: a report was due half an hour ago. */
const now = Math.floor(Date.now() / day) * day + 6.5 * 3_600_000;
const idOf = (at: number): string => `${new Date(at).toISOString().slice(0, 10)}T06Z`;

beforeAll(async () => {
  packaged = await packagedFunction("azure-report");
  cosmos = await startFakeAzure();
  azurite = await startAzurite(["curated", "quarantine"]);
  if (azurite === null) return;
  // Plain HTTP before a certificate that nobody trusts.
  proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
  env = {
    ...{ ...cosmos.env, TENANT: "acme", COSMOS_ENDPOINT: cosmos.origin, FLEET_ENDPOINT: cosmos.origin },
    CURATED_CONTAINER: `${proxy.url}/devstoreaccount1/curated`,
    QUARANTINE_CONTAINER: `${proxy.url}/devstoreaccount1/quarantine`,
    ...{ ALARM_RULES: "1", ISSUER_CERTIFICATE: await issuerPem() },
    REPORTS: JSON.stringify({ schedule: { every: "day", hourUtc: 6 }, days: 7, keep: 2 }),
  };
}, 120_000);
afterAll(async () => {
  await proxy?.close();
  await azurite?.stop();
  await cosmos.close();
  await packaged.remove();
});

/** Blobs as Azurite's own directory lets in, which gives no tokens for Cosmos DB. */
const blobs = () => {
  const fetch = azureFetch(azurite!.env);
  return { objects: blobObjects(fetch), list: blobList(fetch), removal: blobRemoval(fetch) };
};

function run(at: number, over: Record<string, string> = {}) {
  const given = { ...env, ...over };
  const { objects, list, removal } = blobs();
  const source = { ...azureReportSource(azureFetch(given), given), files: list };
  const ports = { ...{ objects, list, removal, source }, now: () => at, complain: () => undefined };
  return packaged.module.handlerOf(given, ports)();
}

test("an environment without a device has a report, too; each is made once, and the oldest go", async () => {
  if (azurite === null) return;
  const curated = env["CURATED_CONTAINER"]!;
  for (const back of [2, 1])
    expect(await run(now - back * day)).toEqual({
      ...{ report: idOf(now - back * day), isNew: true, missing: [], removed: 0 },
    });
  const empty = await opened(blobs(), curated, idOf(now - day));
  for (const said of ["none is open", "nothing was measured", "nothing was refused"]) {
    expect(empty.html).toContain(said);
    expect(empty.pdf).toContain(said);
  }

  const fetch = azureFetch(env);
  await fill(
    {
      latest: latestStateItems(fetch, cosmos.origin, 10),
      documents: documentContainer(fetch, {
        endpoint: cosmos.origin,
        database: latestDatabase,
        container: "alarms",
      }),
      ...{ registry: cosmosRegistryOf(fetch, cosmos.origin), objects: blobs().objects },
      ...{ curated, quarantine: env["QUARANTINE_CONTAINER"]! },
    },
    now,
  );
  expect(await run(now)).toEqual({ report: idOf(now), isNew: true, missing: [], removed: 1 });
  const first = await opened(blobs(), curated, idOf(now));
  expectWhole(first, now);
  expect(await run(now + 60_000)).toEqual({ report: idOf(now), isNew: false, missing: [], removed: 0 });
  expect((await opened(blobs(), curated, idOf(now))).hash).toBe(first.hash);
  const reports = await blobs().list.all(curated, "_reports/");
  expect(reports.map(({ key }) => key.split("/")[1])).toEqual(
    [now - day, now].flatMap((at) => [idOf(at), idOf(at)]),
  );
});

test("what can't be asked is named in both forms, and the rest is told", async () => {
  if (azurite === null) return;
  const at = now + day;
  const { missing } = await run(at, {
    FLEET_ENDPOINT: "http://127.0.0.1:1",
    QUARANTINE_CONTAINER: `${proxy.url}/devstoreaccount1/of-nobody`,
    ISSUER_CERTIFICATE: "no PEM",
  });
  expect(missing).toEqual([
    expect.stringMatching(/^the registry: .*(ECONNREFUSED|bad port)/),
    expect.stringMatching(/^the issuer: /),
    expect.stringMatching(/^files: could not list .*of-nobody.*ContainerNotFound/),
  ]);
  const { html, pdf } = await opened(blobs(), env["CURATED_CONTAINER"]!, idOf(at));
  for (const form of [html, pdf]) {
    expect(form).toContain("This report is not whole");
    expect(form).toContain("not known, the registry");
    expect(form).toContain("hot: temperature is 91");
  }
});

test("without a setting it does not start, and a lake that takes nothing is no success", async () => {
  if (azurite === null) return;
  expect(() => run(now, { REPORTS: "" })).toThrow("REPORTS is not set");
  const gone = `${proxy.url}/devstoreaccount1/of-nobody`;
  await expect(run(now, { CURATED_CONTAINER: gone })).rejects.toThrow("ContainerNotFound");
});
