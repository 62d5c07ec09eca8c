/** The functions of the azure target over HTTP, and their bundles in a host that stands in for Azure Functions. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { parquetMetadata } from "hyparquet";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { blobObjects } from "../../functions/adapters/blob.ts";
import { latestStateItems } from "../../functions/adapters/cosmos.ts";
import { functionIngest } from "../../functions/adapters/function-ingest.ts";
import { summarise } from "../../functions/adapters/parquet-reader.ts";
import { buildHandler } from "../../functions/build.ts";
import { createHandler as decodeHandler } from "../../functions/handlers/azure-decoder.ts";
import { createHandler as landedHandler } from "../../functions/handlers/azure-landed.ts";
import type { LatestValue } from "../../functions/ports.ts";
import { readProfiles } from "../../profiles/read.ts";
import { startFakeAzure, type FakeAzure } from "./azure-server.ts";

const minutes = 60_000;
/** 2026-11-21T07:15:00Z. */
const time = "2026-11-21T07:15:00.000Z";
const at = Date.parse(time) * 1_000;

let azure: FakeAzure;
let folder: string;
/** The package warns that it is not in its host, and metrics are lines of the log. */
const silenced = [jest.spyOn(console, "warn"), jest.spyOn(console, "log")];
let env: Record<string, string>;

beforeAll(async () => {
  for (const spy of silenced) spy.mockImplementation(() => undefined);
  azure = await startFakeAzure();
  folder = await mkdtemp(join(tmpdir(), "fieldlake-function-"));
  env = {
    ...azure.env,
    RAW_CONTAINER: `${azure.origin}/raw`,
    CURATED_CONTAINER: `${azure.origin}/curated`,
    QUARANTINE_CONTAINER: `${azure.origin}/quarantine`,
    BIRTHS_CONTAINER: `${azure.origin}/births`,
  };
  const settings = {
    tenant: "acme",
    profiles: await readProfiles(["machine-json"]),
    bindings: [{ devices: "press-*", profile: "machine-json" }],
    clockWindow: { behind: 604_800, ahead: 600 },
  };
  await writeFile(join(folder, "decoder.json"), JSON.stringify(settings));
});
afterAll(async () => {
  await azure.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  for (const kept of [azure.blobs, azure.items]) kept.clear();
  for (const list of [azure.requests, azure.tokens, azure.failures]) list.length = 0;
});

const event = (device: string, payload: Buffer | string, over: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      specversion: "1.0",
      id: "1",
      time,
      type: "MQTT.EventPublished",
      source: "broker",
      subject: `devices/${device}/telemetry`,
      clientname: device,
      data_base64: Buffer.from(payload).toString("base64"),
      ...over,
    }),
  );
const metadata = (count: number) => ({
  triggerMetadata: {
    sequenceNumberArray: Array.from({ length: count }, (_, index) => index),
    enqueuedTimeUtcArray: Array.from({ length: count }, () => time),
  },
});
const measured = JSON.stringify({ ts: time, temperature: 71.5, running: true });
const under = (container: string) => [...azure.blobs.keys()].filter((key) => key.startsWith(`${container}/`));

describe("decoder", () => {
  test("raw, rows and quarantine of a batch; bytes that are no text come back as they were", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x80]);
    const batch = [event("press-01", measured), event("press-01", bytes), Buffer.from("no event")];
    await decodeHandler(functionIngest(env, folder))(batch, metadata(3));
    const [raw] = under("raw");
    const lines = gunzipSync(azure.blobs.get(raw ?? "") ?? "").toString();
    expect(lines).toContain(bytes.toString("base64"));
    expect(under("curated")).toEqual([
      expect.stringMatching(/^curated\/readings\/dt=2026-11-21\/hr=07\/[0-9a-f]{64}\.parquet$/),
    ]);
    const rows = await summarise(azure.blobs.get(under("curated")[0] ?? "") ?? Buffer.alloc(0), "readings");
    expect(rows.latest.length).toBeGreaterThan(0);
    expect(under("quarantine")).toEqual([expect.stringMatching(/^quarantine\/quarantine\/dt=.*\.parquet$/)]);
    const bad = azure.blobs.get(under("quarantine")[0] ?? "") ?? Buffer.alloc(0);
    const { num_rows: rowsKept } = parquetMetadata(new Uint8Array(bad).buffer);
    expect(rowsKept).toBe(2n);
  });

  test("whoever publishes as another is quarantined", async () => {
    await decodeHandler(functionIngest(env, folder))(
      [event("press-01", measured, { clientname: "press-02" })],
      metadata(1),
    );
    expect(under("curated")).toEqual([]);
    expect(under("quarantine")).toHaveLength(1);
  });

  test("a batch that comes again writes nothing twice; one token serves them all", async () => {
    const handler = decodeHandler(functionIngest(env, folder));
    const batch = [event("press-01", measured)];
    await handler(batch, metadata(1));
    const before = [...azure.blobs.keys()];
    await handler(batch, metadata(1));
    expect([...azure.blobs.keys()]).toEqual(before);
    expect(azure.tokens).toEqual(["https://storage.azure.com"]);
  });

  test("throttling and server errors pass; what stays refused fails the batch, so that it comes again", async () => {
    azure.failures.push(429, 503, 500);
    await decodeHandler(functionIngest(env, folder))([event("press-01", measured)], metadata(1));
    expect(under("curated")).toHaveLength(1);
    azure.failures.push(403);
    await expect(
      decodeHandler(functionIngest(env, folder))([event("press-01", `${measured} `)], metadata(1)),
    ).rejects.toThrow(/^could not write http:.*\/raw\/live\/.*: HTTP 403/);
  });

  test("an environment that makes no sense is named", () => {
    expect(() => functionIngest({ ...env, RAW_CONTAINER: "" }, folder)).toThrow(/RAW_CONTAINER is not set$/);
    expect(() => azureFetch({})).toThrow(/IDENTITY_ENDPOINT is not set$/);
  });
});

describe("latest state", () => {
  const value = (over: Partial<LatestValue>): LatestValue => ({
    deviceId: "press-01",
    subDevice: null,
    metric: "temperature",
    ts: at,
    ingestTs: at,
    value: 1,
    unit: null,
    quality: 0,
    ...over,
  });
  const state = () => latestStateItems(azureFetch(azure.env), `${azure.origin}/`, 10);

  test("only moves forward, whatever order files land in", async () => {
    await state().keep([value({ value: 2 })]);
    await state().keep([
      value({ value: 1, ts: at - 1 }),
      value({ metric: "a/b#c", subDevice: "?", value: 5n }),
    ]);
    await state().keep([value({ value: 3, ts: at + 1 })]);
    expect(azure.items.get("latest/press-01/temperature")).toMatchObject({
      value: 3,
      at: at + 1,
      ttl: 864_000,
    });
    expect(azure.items.get("latest/press-01/a$2Fb$23c|$3F")).toMatchObject({ value: "5", type: "int64" });
  });

  test("finds who fell silent, the longest first, across all shards", async () => {
    const devices = Array.from({ length: 40 }, (_, index) => `d${index}`);
    await state().keep(devices.map((deviceId, index) => value({ deviceId, ingestTs: at + index })));
    const silent = await state().silentSince(at + 5, 3);
    expect(silent).toEqual([
      { deviceId: "d0", lastSeen: at },
      { deviceId: "d1", lastSeen: at + 1 },
      { deviceId: "d2", lastSeen: at + 2 },
    ]);
  });
});

test("a file that landed gets its manifest and moves the latest state; other events are passed over", async () => {
  await decodeHandler(functionIngest(env, folder))([event("press-01", measured)], metadata(1));
  const [file = ""] = under("curated");
  const fetch = azureFetch(azure.env);
  const landed = landedHandler(`${azure.origin}/curated`, {
    objects: blobObjects(fetch),
    latest: latestStateItems(fetch, azure.origin, 10),
    metrics: { put: () => undefined },
    rules: null,
    marksDue: false,
    now: () => at / 1_000,
  });
  const blobCreated = (url: string) =>
    Buffer.from(JSON.stringify([{ type: "Microsoft.Storage.BlobCreated", data: { url } }]));
  await landed([
    blobCreated(`${azure.origin}/${file}`),
    blobCreated(`${azure.origin}/${file}`),
    blobCreated(`${azure.origin}/curated/_manifest/readings/x.json`),
    blobCreated(`${azure.origin}/elsewhere/x.parquet`),
    Buffer.from("{"),
  ]);
  const manifests = under("curated/_manifest");
  expect(manifests).toHaveLength(1);
  expect(JSON.parse(azure.blobs.get(manifests[0] ?? "")?.toString() ?? "")).toMatchObject({
    table: "readings",
  });
  expect([...azure.items.keys()]).toContain("latest/press-01/temperature");
});

describe("bundles", () => {
  /** Hands `require("@azure/functions-core")` out as the worker does (Azure/azure-functions-nodejs-worker, setupCoreModule). */
  const host = `
import Module from "node:module";
import { pathToFileURL } from "node:url";
const registered = [];
const core = {
  version: "3.0.0", hostVersion: "4.0.0", Disposable: class { static from() { return new this(); } dispose() {} },
  setProgrammingModel() {}, getProgrammingModel() {}, registerHook() { return new core.Disposable(); },
  registerFunction: (metadata, handler) => { registered.push({ metadata, handler }); return new core.Disposable(); },
  log() {}, parseConnectionString() {}, getCoreModule() { return core; },
};
const original = Module.prototype.require;
Module.prototype.require = function (id) { return id === "@azure/functions-core" ? core : original.call(this, id); };
for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href);
const batch = process.env.BATCH ? JSON.parse(process.env.BATCH).map((text) => Buffer.from(text, "base64")) : null;
if (batch) await registered[0].handler(batch, { triggerMetadata: {} });
process.stdout.write("\\n" + JSON.stringify(registered.map(({ metadata }) => metadata)));
`;
  const run = async (
    names: readonly ("azure-decoder" | "azure-scoring" | "azure-landed" | "azure-insight")[],
    more: object,
  ) => {
    const main = join(folder, "host.mjs");
    await writeFile(main, host);
    const files = await Promise.all(names.map(async (name) => (await buildHandler(name, folder)).file));
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...files], {
      env: { ...env, ...more },
    });
    return JSON.parse(stdout.split("\n").at(-1) ?? "") as unknown[];
  };

  test(
    "register themselves: a trigger by hub and group of the settings, bodies as bytes, retries of its own",
    async () => {
      const [decode, scoring] = (await run(["azure-decoder", "azure-scoring"], {})) as Record<
        string,
        unknown
      >[];
      expect(decode).toMatchObject({
        name: "decode",
        retryOptions: { maxRetryCount: -1, retryStrategy: expect.anything() },
      });
      expect(Object.values(decode?.["bindings"] ?? {})).toEqual([
        expect.objectContaining({
          type: "eventHubTrigger",
          direction: "in",
          connection: "EVENTS",
          eventHubName: "%EVENTS_HUB%",
          consumerGroup: "%EVENTS_GROUP%",
          cardinality: "many",
          dataType: "binary",
        }),
      ]);
      expect(scoring).toMatchObject({ name: "scoring", retryOptions: { maxRetryCount: -1 } });
      const [heard] = Object.values(scoring?.["bindings"] ?? {}) as Record<string, unknown>[];
      expect(heard).toMatchObject({ connection: "FRAMES", eventHubName: "%FRAMES_HUB%", dataType: "binary" });
    },
    minutes,
  );

  test(
    "decode a batch in the host, from the identity endpoint to the lake",
    async () => {
      await run(["azure-decoder"], {
        BATCH: JSON.stringify([event("press-01", measured).toString("base64")]),
      });
      expect(under("curated/readings")).toHaveLength(1);
      expect(under("raw/live")).toHaveLength(1);
    },
    minutes,
  );

  test(
    "of the knowledge live side by side in one app",
    async () => {
      const registered = (await run(["azure-landed", "azure-insight"], {})) as { name: string }[];
      expect(registered.map(({ name }) => name)).toEqual(["landed", "insight"]);
    },
    minutes,
  );
});
