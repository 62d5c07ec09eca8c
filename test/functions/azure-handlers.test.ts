/** Functions on Event Hubs and their blobs, against Azurite behind a network that breaks. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { blobObjects, storageResource } from "../../functions/adapters/blob.ts";
import { functionIngest } from "../../functions/adapters/function-ingest.ts";
import { settingsFile } from "../../functions/agreements.ts";
import type { createHandler as CreateHandler } from "../../functions/handlers/azure-decoder.ts";
import { traceMetrics } from "../../functions/adapters/trace-metrics.ts";
import type { ObjectStore } from "../../functions/ports.ts";
import { readProfiles } from "../../profiles/read.ts";
import { startAzurite, type Azurite } from "../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../support/flaky-proxy.ts";
import { parquetRows } from "./parquet-rows.ts";

type TriggerMetadata = NonNullable<Parameters<ReturnType<typeof CreateHandler>>[1]["triggerMetadata"]>;

/** 2026-11-21T07:15:00Z, milliseconds. */
const at = Date.UTC(2026, 10, 21, 7, 15);

let azurite: Azurite | null = null;
let proxy: FlakyProxy;
let env: Record<string, string>;
let blobs: ObjectStore;
/** Of a container, as the stack states it. */
let address: (container: string) => string;
let createHandler: typeof CreateHandler;
let folder: string;
const lines: string[] = [];

beforeAll(async () => {
  azurite = await startAzurite(["raw", "curated", "quarantine"]);
  if (azurite === null) return;
  proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
  address = (container) => `${proxy.url}/devstoreaccount1/${container}`;
  const containers = {
    RAW_CONTAINER: address("raw"),
    CURATED_CONTAINER: address("curated"),
    QUARANTINE_CONTAINER: address("quarantine"),
    BIRTHS_CONTAINER: address("births"),
  };
  env = { ...azurite.env, ...containers };
  blobs = blobObjects(azureFetch(env));
  // Outside of its host, Microsoft's library says so at length.
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  ({ createHandler } = await import("../../functions/handlers/azure-decoder.ts"));
  warned.mockRestore();
  folder = await mkdtemp(join(tmpdir(), "functions-"));
  const profiles = await readProfiles(["machine-json"]);
  const bindings = [{ devices: "*", profile: "machine-json" }];
  const settings = { tenant: "acme", profiles, bindings, clockWindow: { behind: 604_800, ahead: 600 } };
  await writeFile(join(folder, settingsFile), JSON.stringify(settings));
}, 120_000);
afterAll(async () => {
  await proxy?.close();
  await azurite?.stop();
  if (folder) await rm(folder, { recursive: true });
});
beforeEach(() => {
  proxy?.next();
  proxy?.always(null);
  lines.length = 0;
});

/** Tests of what is proved with Azurite; where it can't be had, its start has said so. */
const withAzurite = (name: string, body: () => Promise<void>) =>
  test(name, async () => (azurite === null ? undefined : body()));

const bytes = Buffer.from("content");

describe("blobs", () => {
  withAzurite("are written once, and read as they were", async () => {
    expect(await blobs.create(address("raw"), "a b/c=1/x.bin", bytes, { rows: "1" })).toBe(true);
    expect(await blobs.create(address("raw"), "a b/c=1/x.bin", bytes, { rows: "1" })).toBe(false);
    expect(Buffer.from(await blobs.read(address("raw"), "a b/c=1/x.bin"))).toEqual(bytes);
    await expect(blobs.read(address("raw"), "none")).rejects.toThrow(
      /could not read .*raw\/none: HTTP 404, BlobNotFound/,
    );
    await expect(blobs.create(address("nowhere"), "x", bytes)).rejects.toThrow(/HTTP 404, ContainerNotFound/);
  });

  withAzurite(
    "survive throttling, a server that is out of order, and a connection cut half way",
    async () => {
      proxy.next({ status: 503, headers: { "retry-after": "0" } }, { status: 429 }, { status: 500 });
      expect(await blobs.create(address("raw"), "throttled", bytes)).toBe(true);
      proxy.next("cut-request");
      expect(await blobs.create(address("raw"), "cut", bytes)).toBe(true);
      // It was written, and we were not told: the second attempt finds it there.
      proxy.next("cut-answer");
      expect(await blobs.create(address("raw"), "told-late", bytes)).toBe(false);
      proxy.next("cut-answer", "cut-request", { status: 503 });
      expect(Buffer.from(await blobs.read(address("raw"), "told-late"))).toEqual(bytes);
    },
  );

  withAzurite("say what failed, where it goes on failing", async () => {
    proxy.always({ status: 503, headers: { "x-ms-error-code": "ServerBusy" } });
    await expect(blobs.create(address("raw"), "x", bytes)).rejects.toThrow(
      `could not write ${address("raw")}/x: HTTP 503, ServerBusy`,
    );
    proxy.always("cut-request");
    await expect(blobs.read(address("raw"), "x")).rejects.toThrow(/fetch failed: /);
  });

  withAzurite("one token serves all of them, until shortly before its end", async () => {
    const before = azurite!.tokens();
    await Promise.all([1, 2, 3].map((number) => blobs.create(address("raw"), `token-${number}`, bytes)));
    expect(azurite!.tokens()).toBe(before);
    azurite!.tokenLife(200);
    const others = blobObjects(azureFetch(env));
    await others.create(address("raw"), "token-4", bytes);
    await others.create(address("raw"), "token-5", bytes);
    expect(azurite!.tokens()).toBeGreaterThan(before + 1);
    azurite!.tokenLife(3_600);
    const stranger = azureFetch({ ...env, AZURE_CLIENT_ID: "another" });
    await expect(stranger(storageResource, address("raw"), {})).rejects.toThrow(
      /no token for .*storage.*HTTP 400/,
    );
  });
});

describe("Functions on Event Hubs", () => {
  const handle = (messages: unknown, triggerMetadata: TriggerMetadata) => {
    const { tenant, ports } = functionIngest(env, folder);
    const metrics = traceMetrics(tenant, (line) => void lines.push(line));
    return createHandler({ tenant, ports: { ...ports, metrics } })(messages, { triggerMetadata });
  };
  const reading = (seq: number): string => JSON.stringify({ seq, ts: at, temperature: seq });
  const event = (payload: string | Uint8Array, over: object = {}): Buffer =>
    Buffer.from(
      JSON.stringify({
        specversion: "1.0",
        type: "MQTT.EventPublished",
        subject: "devices/press-01/telemetry",
        time: new Date(at).toISOString(),
        clientname: "press-01",
        data_base64: Buffer.from(payload).toString("base64"),
        ...over,
      }),
    );
  const metadata = (count: number, first = 100, system: object = {}) => ({
    partitionContext: { partitionId: "3" },
    sequenceNumberArray: Array.from({ length: count }, (_, index) => first + index),
    enqueuedTimeUtcArray: Array.from({ length: count }, () => "2026-11-21T07:15:01.5"),
    systemPropertiesArray: Array.from({ length: count }, () => system),
  });
  const written = (container: string) =>
    [...new Set(proxy.seen)].filter((line) => line.startsWith(`PUT /devstoreaccount1/${container}/`)).length;
  const stored = async (container: string, select: string) => {
    const names = [...new Set(proxy.seen)]
      .filter((line) => line.startsWith(`PUT /devstoreaccount1/${container}/`))
      .map((line) => decodeURIComponent(line.slice(`PUT /devstoreaccount1/${container}/`.length)));
    return parquetRows(await Promise.all(names.map((name) => blobs.read(address(container), name))), select);
  };
  beforeEach(() => void (proxy && (proxy.seen.length = 0)));

  withAzurite("keeps bytes that are no UTF-8, and quarantines event by event", async () => {
    const odd = Uint8Array.of(0xf4, 0xff, 0x00);
    const batch = [
      event(reading(1)),
      odd,
      event(odd),
      event(reading(2)),
      event("x", { clientname: "press-02" }),
    ];
    await handle(batch, metadata(batch.length));
    expect(
      await stored(
        "curated",
        "device_id, seq, value_double, length(msg_id)::INT AS id, epoch_ms(ingest_ts) AS arrived",
      ),
    ).toEqual(
      [1, 2].map((seq) => ({
        device_id: "press-01",
        seq: String(seq),
        value_double: seq,
        id: 32,
        arrived: String(at),
      })),
    );
    const quarantined = (await stored("quarantine", "reason, device_id, payload")) as object[];
    expect(quarantined).toEqual([
      { reason: "id-mismatch", device_id: "press-02", payload: "78" },
      { reason: "not-well-formed", device_id: "", payload: "f4ff00" },
      { reason: "not-well-formed", device_id: "press-01", payload: "f4ff00" },
    ]);
    expect(lines).toEqual([
      `{"fieldlake":"acme","Messages":5,"Repeats":0,"Quarantined":3,"Readings":2,"Frames":0,"Warnings":0}`,
    ]);
  });

  withAzurite("reads IoT Hub's messages by the device that the hub authenticated", async () => {
    const system = {
      "iothub-connection-device-id": "press-07",
      "iothub-enqueuedtime": "2026-11-21T07:15:00Z",
    };
    await handle([Buffer.from(reading(7)), Buffer.from([0xf4])], metadata(2, 200, system));
    expect(await stored("curated", "device_id, seq")).toEqual([{ device_id: "press-07", seq: "7" }]);
    expect(await stored("quarantine", "device_id, payload")).toEqual([
      { device_id: "press-07", payload: "f4" },
    ]);
  });

  withAzurite(
    "throws where a sink fails, and only then; the batch that comes again loses and doubles nothing",
    async () => {
      const batch = [event(reading(11)), event("no json"), event(reading(12))];
      for (const trouble of [{ status: 503 }, "cut-request"] as const) {
        proxy.always(trouble);
        await expect(handle(batch, metadata(3, 300))).rejects.toThrow(/could not write .*raw\/|fetch failed/);
      }
      proxy.always(null);
      proxy.seen.length = 0;
      proxy.next("cut-answer", { status: 503 });
      await handle(batch, metadata(3, 300));
      await handle(batch, metadata(3, 300));
      expect([written("raw"), written("curated"), written("quarantine")]).toEqual([1, 1, 1]);
      expect(await stored("curated", "seq")).toEqual([{ seq: "11" }, { seq: "12" }]);
      expect(await stored("quarantine", "reason")).toEqual([{ reason: "not-well-formed" }]);
    },
  );

  test("without its settings it says which is missing", () => {
    expect(() => functionIngest({}, tmpdir())).toThrow(/RAW_CONTAINER is not set/);
    if (azurite === null) return;
    expect(() => functionIngest({ ...env, AZURE_CLIENT_ID: "" }, folder)).toThrow(
      /AZURE_CLIENT_ID is not set/,
    );
    expect(() => functionIngest(env, join(folder, "nowhere"))).toThrow(/can't be read from .*decoder\.json/);
  });
});
