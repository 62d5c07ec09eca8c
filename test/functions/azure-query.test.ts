/** The query function as it is packaged, its compiled engine beside it, against Azurite. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { azureFetch } from "../../functions/adapters/azure-client.ts";
import { blobList, type BlobList } from "../../functions/adapters/blob-list.ts";
import { blobKept } from "../../functions/adapters/blob-kept.ts";
import { blobObjects, blobRemoval } from "../../functions/adapters/blob.ts";
import { parquetSink } from "../../functions/adapters/lake.ts";
import { readingsBlock } from "../../functions/core/columns.ts";
import type {
  createHandler as CreateHandler,
  handlerOf as HandlerOf,
} from "../../functions/handlers/azure-query.ts";
import type { ObjectStore } from "../../functions/ports.ts";
import type { LakePorts } from "../../functions/query/lake-answer.ts";
import { startAzurite, type Azurite } from "../support/azurite.ts";
import { startFlakyProxy, type FlakyProxy } from "../support/flaky-proxy.ts";
import { packagedFunction, type PackagedFunction } from "../support/packaged-function.ts";
import { pressReadings } from "../support/press-reading.ts";

/** 2026-11-21T07:15:00Z, microseconds. */
const at = Date.UTC(2026, 10, 21, 7, 15) * 1_000;
const dayMicros = 86_400_000_000;
const now = () => at / 1_000 + 60_000;

const reading = pressReadings(at);

let azurite: Azurite | null = null;
let proxy: FlakyProxy;
let packaged:
  PackagedFunction<{ createHandler: typeof CreateHandler; handlerOf: typeof HandlerOf }> | undefined;
let objects: ObjectStore;
let list: BlobList;
let address: (container: string) => string;
let curated: string;
let ports: LakePorts;
let createHandler: typeof CreateHandler;
let handlerOf: typeof HandlerOf;

beforeAll(async () => {
  azurite = await startAzurite(["curated", "quarantine"]);
  if (azurite === null) return;
  const fetch = azureFetch(azurite.env);
  [objects, list] = [blobObjects(fetch), blobList(fetch)];
  proxy = await startFlakyProxy(new URL(azurite.endpoint).origin);
  address = (container) => `${proxy.url}/devstoreaccount1/${container}`;
  curated = address("curated");
  ports = {
    ...{ objects, list, containers: [curated, address("quarantine")] },
    ...{ mostBytes: 2 ** 20, memory: "256MB", timeout: 10_000 },
  };
  const sink = parquetSink(objects, curated, "bytes");
  await sink.write(
    readingsBlock([reading({}), reading({ metric: "rpm", valueDouble: null, valueInt: 1_500 })]),
  );
  await sink.write(readingsBlock([reading({ ts: at - dayMicros, valueDouble: 19 })]));
  await sink.write(readingsBlock([reading({ ts: at - 30 * dayMicros, valueDouble: 3 })]));
  await objects.create(curated, "_manifest/readings/x.json", Buffer.from("{}"));
  const [written] = await list.all(curated, "readings/dt=2026-11-21/");
  const rolledUp = await objects.read(curated, String(written?.key));
  await objects.create(curated, "insights/rollups_1h/dt=2026-09-01/hr=07/hour.parquet", rolledUp);
  await objects.create(curated, "insights/_due/2026-11-21T07/x", Buffer.from("x"));

  packaged = await packagedFunction("azure-query");
  ({ createHandler, handlerOf } = packaged.module);
}, 120_000);
afterAll(async () => {
  await proxy?.close();
  await azurite?.stop();
  await packaged?.remove();
});

/** Where Azurite can't be had, its start has said so. */
const withAzurite = (name: string, body: () => Promise<void>) =>
  test(name, async () => (azurite === null ? undefined : body()), 60_000);
const ask = (question: unknown, over: Partial<LakePorts> = {}) =>
  createHandler({ ...ports, ...over }, now)(question);

describe("the query function", () => {
  withAzurite("answers SQL over yesterday and today, from the files of these days alone", async () => {
    const { status, jsonBody } = await ask({
      sql: "SELECT device_id, metric, count(*) AS n, max(value_double) AS most FROM readings GROUP BY ALL ORDER BY metric",
    });
    expect([status, jsonBody]).toEqual([
      undefined,
      expect.objectContaining({
        columns: ["device_id", "metric", "n", "most"].map((name) => expect.objectContaining({ name })),
        rows: [
          ["press-01", "rpm", "1", null],
          ["press-01", "temperature", "2", 21.5],
        ],
        truncated: false,
        files: 2,
      }),
    ]);
  });

  withAzurite("looks at the days that are asked for, and at a table without files", async () => {
    const older = await ask({
      sql: "SELECT value_double FROM readings",
      from: "2026-10-01",
      to: "2026-10-31",
    });
    expect(older.jsonBody).toMatchObject({ rows: [[3]], files: 1 });
    const empty = await ask({ sql: "SELECT count(*) FROM quarantine" });
    expect(empty.jsonBody).toMatchObject({ rows: [["0"]] });
  });

  withAzurite(
    "knows the tables of insights by their names, and what is kept beside them as none",
    async () => {
      const day = { from: "2026-09-01", to: "2026-09-01" };
      const { jsonBody } = await ask({ sql: "SELECT count(*) FROM rollups_1h", ...day });
      expect(jsonBody).toMatchObject({ rows: [["2"]] });
      const views = "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1";
      const tables = await ask({ sql: views, ...day });
      expect(tables.jsonBody).toMatchObject({ rows: [["quarantine"], ["readings"], ["rollups_1h"]] });
    },
  );

  withAzurite("lists a container, as folders and as blobs", async () => {
    expect(await list.level(curated, "")).toEqual({
      folders: ["_manifest/", "insights/", "readings/"],
      blobs: [],
    });
    const all = await list.all(curated, "readings/dt=2026-11-21/");
    expect(all).toEqual([
      {
        key: expect.stringMatching(/^readings\/dt=2026-11-21\/hr=07\/[0-9a-f]{64}\.parquet$/),
        bytes: expect.any(Number),
        modifiedMs: expect.any(Number),
      },
    ]);
    expect(Math.abs(Number(all[0]?.modifiedMs) - Date.now())).toBeLessThan(600_000);
  });

  withAzurite("replaces a blob of the revision that was read, and takes it away", async () => {
    const fetch = azureFetch(azurite?.env ?? {});
    const [kept, { remove }] = [blobKept(fetch), blobRemoval(fetch)];
    const bytes = (text: string) => Buffer.from(text);
    expect(await kept.load(curated, "kept/a b.json")).toBeNull();
    const first = await kept.put(curated, "kept/a b.json", bytes("1"), null);
    expect(await kept.load(curated, "kept/a b.json")).toEqual({
      bytes: Uint8Array.from(bytes("1")),
      revision: first,
    });
    expect(await kept.put(curated, "kept/a b.json", bytes("2"), null)).toBeNull();
    expect(await kept.put(curated, "kept/a b.json", bytes("2"), first)).not.toBe(first);
    expect(await kept.put(curated, "kept/a b.json", bytes("3"), first)).toBeNull();
    expect(await kept.put(curated, "kept/a b.json", bytes("4"))).not.toBeNull();
    expect(Buffer.from((await kept.load(curated, "kept/a b.json"))?.bytes ?? [])).toEqual(bytes("4"));
    await remove(curated, "kept/a b.json");
    await remove(curated, "kept/a b.json");
    expect(await kept.load(curated, "kept/a b.json")).toBeNull();
    expect(await kept.put(curated, "kept/a b.json", bytes("5"), first)).toBeNull();
  });

  test.each<[string, string, RegExp]>([
    ["writes", "CREATE TABLE t AS SELECT 1", /allowed: SELECT, EXPLAIN/],
    ["two statements", "SELECT 1; SELECT 2", /received 2 statements; allowed: one query/],
    ["a file of the machine", "SELECT * FROM read_text('/etc/passwd')", /Permission Error|disabled/],
    [
      "the network",
      "SELECT * FROM read_parquet('https://example.org/x.parquet')",
      /disabled|Missing Extension|not loaded/i,
    ],
    ["a setting", "SET enable_external_access = true", /allowed: SELECT, EXPLAIN/],
    ["a way out by a function", "SELECT * FROM glob('/*')", /disabled|Permission/],
    ["nonsense", "SELEKT 1", /syntax error/i],
  ])("refuses %s", async (_what, sql, message) => {
    if (azurite === null) return;
    const { status, jsonBody } = await ask({ sql });
    expect([status, (jsonBody as { error: string }).error]).toEqual([400, expect.stringMatching(message)]);
  });

  test.each<[string, unknown, RegExp]>([
    ["nothing", null, /expected object/i],
    ["no SQL", { sql: "" }, /sql/],
    [
      "days the wrong way round",
      { sql: "SELECT 1", from: "2026-11-21", to: "2026-11-01" },
      /allowed: 1 to 366 days/,
    ],
    ["ten years", { sql: "SELECT 1", from: "2016-01-01", to: "2026-01-01" }, /allowed: 1 to 366 days/],
    ["a day that is none", { sql: "SELECT 1", from: "yesterday" }, /allowed: a day like 2026-11-21/],
  ])("a question with %s is told what is allowed", async (_what, question, message) => {
    if (azurite === null) return;
    const { status, jsonBody } = await ask(question);
    expect([status, (jsonBody as { error: string }).error]).toEqual([400, expect.stringMatching(message)]);
  });

  withAzurite("a question about too much is refused before anything is read", async () => {
    const reads: string[] = [];
    const counting: ObjectStore = {
      ...objects,
      read: (container, key) => (reads.push(key), objects.read(container, key)),
    };
    const { status, jsonBody } = await ask({ sql: "SELECT 1" }, { mostBytes: 10, objects: counting });
    expect([status, reads]).toEqual([400, []]);
    expect((jsonBody as { error: string }).error).toMatch(
      /the 2 days have \d+ bytes in 2 files; allowed: 10 bytes a question, so ask about fewer days/,
    );
  });

  withAzurite("a lake that can't be read is our fault, not the caller's", async () => {
    const containers = [address("nowhere")];
    await expect(ask({ sql: "SELECT 1" }, { containers })).rejects.toThrow(
      /could not list .*ContainerNotFound/,
    );
  });
});

describe("whose rights it answers by", () => {
  const settingsOf = (callers: string) => ({
    ...azurite?.env,
    CURATED_CONTAINER: curated,
    QUARANTINE_CONTAINER: address("quarantine"),
    CALLERS: callers,
  });
  const today = { sql: "SELECT count(*) FROM readings", from: "2026-11-21", to: "2026-11-21" };
  const asks = (authorization: string | null) => ({
    headers: { get: (name: string) => (name === "authorization" ? authorization : null) },
    json: () => Promise.resolve<unknown>(today),
  });

  withAzurite("the caller's, by the caller's token alone", async () => {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER, ...settings } = settingsOf("roles") as Record<string, string>;
    const query = "resource=https://storage.azure.com&client_id=client-1";
    const headers = { "X-IDENTITY-HEADER": IDENTITY_HEADER ?? "" };
    const token = await fetch(`${IDENTITY_ENDPOINT}?${query}`, { headers });
    const { access_token } = (await token.json()) as { access_token: string };
    const handler = handlerOf(settings);
    expect(await handler(asks(`Bearer ${access_token}`))).toMatchObject({ jsonBody: { rows: [["2"]] } });
    expect(await handler(asks("Bearer forged"))).toMatchObject({ status: expect.any(Number) });
    expect(await handler(asks(null))).toMatchObject({ status: 401 });
  });

  withAzurite("its own, where App Service has let the caller in", async () => {
    expect(await handlerOf(settingsOf("application"))(asks(null))).toMatchObject({
      jsonBody: { rows: [["2"]] },
    });
  });

  withAzurite("nobody's, where nothing says whose", async () => {
    expect(() => handlerOf(settingsOf(""))).toThrow(/CALLERS/);
    expect(() => handlerOf(settingsOf("anybody"))).toThrow(
      'CALLERS: received "anybody"; allowed: roles, application',
    );
    return Promise.resolve();
  });
});

test("a list goes on to its last page, whatever its names are made of", async () => {
  const asked: string[] = [];
  const page = (name: string, next: string) =>
    `<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>${name}</Name><Properties><Last-Modified>${new Date(at / 1_000).toUTCString()}</Last-Modified><Content-Length>7</Content-Length></Properties></Blob></Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
  const pages = [page("a&amp;b/&lt;1&gt;.parquet", "2!more"), page("c.parquet", "")];
  const paged = blobList((_resource, url) => {
    asked.push(new URL(url).searchParams.get("marker") ?? "first");
    return Promise.resolve(new Response(pages[asked.length - 1]));
  });
  expect(await paged.all("https://acme.blob.example/curated", "a")).toEqual([
    { key: "a&b/<1>.parquet", bytes: 7, modifiedMs: at / 1_000 },
    { key: "c.parquet", bytes: 7, modifiedMs: at / 1_000 },
  ]);
  expect(asked).toEqual(["first", "2!more"]);
});
