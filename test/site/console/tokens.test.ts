/** Programs at the API of a real lake: how far a token goes, and what they are told where it does not. */
import { readFileSync } from "node:fs";
import { zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import type { AlarmList } from "../../../functions/alarms/alarm.ts";
import { SealingKey } from "../../../site/seal.ts";
import { scopeNames } from "../../../site/access/scopes.ts";
import { TokenStore } from "../../../site/access/token-store.ts";
import { operations, type Operation } from "../../../site/console/contract/operations.ts";
import type { Problem } from "../../../site/console/api.ts";
import { asked } from "./support/asked.ts";
import { ask, bearer, type Answer } from "./support/http.ts";
import { startRealApi, type RealApi } from "./support/real-api.ts";

const began = Date.now() - 3_600_000;
let api: RealApi;

beforeAll(async () => {
  api = await startRealApi(began);
  const [alarm] = api.alarms.book.list({ state: "all", limit: 1 }).alarms;
  asked["acknowledge"] = { id: alarm?.id, by: "kim" };
}, 60_000);
afterAll(() => api.stop());

const as = (token: string, path: string, body?: unknown): Promise<Answer> =>
  ask(api.url, path, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined
      ? {}
      : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
const codeOf = ({ status, text }: Answer) => [status, (JSON.parse(text) as Problem).code];

/** Other bytes each time, so that a part is the first one of its file. */
let sent = 0;
const run = (token: string, name: string, { path, takes }: Operation): Promise<Answer> => {
  const with_ = asked[name] ?? "";
  if (takes !== undefined) return as(token, `/api${path}${fresh(String(with_))}`, "\n ");
  return typeof with_ === "string" ? as(token, `/api${path}${with_}`) : as(token, `/api${path}`, with_);
};
const fresh = (address: string): string =>
  address.replace(/sha256=[0-9a-f]{60}/, `sha256=${String(sent++).padStart(60, "0")}`);

describe("a token", () => {
  test("opens each operation by its scope and none by the others; answers are what the schemas say", async () => {
    for (const [name, operation] of Object.entries<Operation>(operations)) {
      const answer = await run(await api.tokenOf({ scopes: [operation.scope] }), name, operation);
      expect([name, answer.status]).toEqual([name, 200]);
      operation.answer?.parse(JSON.parse(answer.text));
      const others = scopeNames.filter((scope) => scope !== operation.scope);
      expect([name, codeOf(await run(await api.tokenOf({ scopes: others }), name, operation))]).toEqual([
        name,
        [403, "scope"],
      ]);
    }
  });

  test("begins a replay that ends", async () => {
    await api.store.replays.ended();
    expect(api.store.replays.state).toMatchObject({ codec: "machine-json@1", state: "done", error: null });
  });

  test("decodes nothing again by a codec that is not deployed, nor for a part of the devices", async () => {
    const body = { codec: "machine-json@7", from: 0, to: 1 };
    const refused = await as(await api.tokenOf({ scopes: ["replay"] }), "/api/replay", body);
    expect(codeOf(refused)).toEqual([422, "replay"]);
    expect(refused.text).toContain("received machine-json@7; allowed are the profiles that are deployed");
    const some = await api.tokenOf({ devices: ["press-01"] });
    expect(codeOf(await as(some, "/api/replay", body))).toEqual([403, "devices"]);
    expect(codeOf(await as(await api.tokenOf(), "/api/replay", { ...body, to: 0 }))).toEqual([
      400,
      "parameter",
    ]);
  });

  test("of some devices hears of their alarms only, acknowledges no other, and silences none", async () => {
    const token = await api.tokenOf({ devices: ["wrist-*"] });
    const list = JSON.parse((await as(token, "/api/alarms")).text) as AlarmList;
    expect(list.alarms.map(({ device }) => device)).toEqual(["wrist-07"]);
    expect([list.matching, list.open, list.silences]).toEqual([1, 1, []]);
    expect(codeOf(await as(token, "/api/alarms/acknowledge", asked["acknowledge"]))).toEqual([
      404,
      "no-alarm",
    ]);
    const own = { id: list.alarms[0]?.id, by: "wrist service" };
    expect((await as(token, "/api/alarms/acknowledge", own)).status).toBe(200);
    expect(codeOf(await as(token, "/api/alarms/silence", asked["silence"]))).toEqual([403, "devices"]);
  });

  test("opens neither page nor files, and is no access token", async () => {
    const token = await api.tokenOf({});
    expect(codeOf(await as(token, "/"))).toEqual([403, "scope"]);
    expect((await ask(api.url, `/?token=${token}`)).status).toBe(401);
    expect((await as(token, "/api/openapi.json")).status).toBe(200);
  });

  test("is over when its time is, and when it was revoked", async () => {
    const expired = await api.tokenOf({ at: Date.now() - 2 * 86_400_000 });
    expect(codeOf(await as(expired, "/api/fleet"))).toEqual([401, "expired"]);
    const token = await api.tokenOf({});
    expect((await as(token, "/api/fleet")).status).toBe(200);
    await api.tokens.store.revoke(api.tokens.store.list().at(-1)?.name ?? "");
    expect(codeOf(await as(token, "/api/fleet"))).toEqual([401, "wrong"]);
    await expect(api.tokens.store.revoke("nobody")).rejects.toThrow('there is no token "nobody"');
  });

  test("is nowhere on disk, and is there again after a restart", async () => {
    const token = await api.tokenOf({ devices: ["press-*"] });
    // Base64url has underscores of its own: of what stands before the first of them there may be nothing.
    const secret = token.split("_").slice(2).join("_");
    expect(secret.length).toBeGreaterThan(20);
    const sealed = readFileSync(api.tokens.file).toString("latin1");
    expect(sealed).not.toContain(secret);
    expect(sealed).not.toContain("press-");
    expect(api.tokens.reopen().find(token, Date.now())).toMatchObject({ devices: ["press-*"] });
    expect(() => TokenStore.open(api.tokens.file, new SealingKey(Buffer.alloc(32)))).toThrow("another key");
    expect(JSON.stringify(api.tokens.store.list())).not.toMatch(/sha256/);
  });

  test("that differs in any character is none; ten wrong ones shut the address out", async () => {
    const token = await api.tokenOf({});
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: token.length - 1 }),
        fc.constantFrom(..."aZ0_-é"),
        (at, other) => {
          const forged = token.slice(0, at) + other + token.slice(at + 1);
          if (forged !== token) expect(api.tokens.store.find(forged, Date.now())).toBe("unknown");
        },
      ),
    );
    for (let time = 0; time < 10; time++) await as(`${token}x`, "/api/fleet");
    expect(codeOf(await as(token, "/api/fleet"))).toEqual([429, "throttled"]);
    // The owner on this address waits as well: restart in place of a minute.
    await api.restart();
    expect((await as(token, "/api/fleet")).status).toBe(200);
  });

  test("may ask twenty times a second; another one is not held up by it", async () => {
    const [busy, other] = [await api.tokenOf({}), await api.tokenOf({})];
    const answers = await Promise.all(Array.from({ length: 120 }, () => as(busy, "/api/openapi.json")));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect([codeOf(refused[0]!), refused[0]?.headers["retry-after"]]).toEqual([[429, "rate"], "1"]);
    expect((await as(other, "/api/fleet")).status).toBe(200);
  });
});

describe("a token of some devices", () => {
  test("sees nothing of the others in any answer", async () => {
    // One for each operation: together they are more than a token may ask in a second.
    const tokenOfSome = () => api.tokenOf({ devices: ["press-01", "wrist-*"] });
    for (const [name, operation] of Object.entries<Operation>(operations)) {
      const answer = await run(await tokenOfSome(), name, operation);
      if (operation.whole === true) expect([name, codeOf(answer)]).toEqual([name, [403, "devices"]]);
      else if (name === "acknowledge") expect(codeOf(answer)).toEqual([404, "no-alarm"]);
      else expect([name, answer.status]).toEqual([name, 200]);
      expect(answer.text).not.toMatch(/press-02|room-07|tracker-/);
    }
    const token = await tokenOfSome();
    expect((await as(token, "/api/fleet")).text).toContain("wrist-01");
    expect((await as(token, "/api/quarantine")).text).toContain("press-01");
    expect(codeOf(await as(token, "/api/series?device=press-02&metric=temperature"))).toEqual([
      404,
      "no-series",
    ]);
    const other = await api.tokenOf({ devices: ["press-01", "wrist-*"] });
    const sql = (text: string) => as(other, "/api/query", { sql: text });
    expect(JSON.parse((await sql("SELECT DISTINCT device_id FROM readings")).text)).toMatchObject({
      rows: [["press-01"]],
    });
    expect(codeOf(await sql("SELECT * FROM memory.main.readings"))).toEqual([422, "query"]);
    expect(
      (await as(other, "/api/export", { sql: "SELECT * FROM readings", format: "csv" })).text,
    ).not.toContain("press-02");
  });

  test("stays within them whatever any parameter says", async () => {
    const devices = ["press-01"];
    // As many as their rates together allow.
    const many = await Promise.all(Array.from({ length: 16 }, () => api.tokenOf({ devices })));
    let turn = 0;
    const hostile = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        "' OR '1'='1",
        "'; DROP VIEW readings; --",
        '" FROM rows_readings --',
        "press-02",
        "press-*",
        "%",
        "*",
        "' UNION ALL SELECT * FROM memory.main.readings --",
        "$1",
        "\\",
        "\u0000",
        "null",
        "[]",
        "{}",
        "0",
        "-1",
        "1970-01-01T00:00:00Z",
        "frames_",
        "readings",
        "memory.main.readings",
        "temperature",
        "state",
        "parquet",
        "csv",
      ),
    );
    const parameters = [
      "device",
      "metric",
      "table",
      "sub",
      "from",
      "to",
      "points",
      "search",
      "order",
      "descending",
    ];
    const query = fc.dictionary(
      fc.constantFrom(...parameters, "limit", "before", "minutes", "format"),
      hostile,
      { maxKeys: 6 },
    );
    const reads = Object.values<Operation>(operations).filter(
      ({ method, whole }) => method === "get" && whole !== true,
    );
    const views = await api.store.value("SELECT count(*) FROM duckdb_views()");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...reads.map(({ path }) => path)), query, async (path, with_) => {
        const token = many[turn++ % many.length] ?? "";
        const { status, text } = await as(token, `/api${path}?${new URLSearchParams(with_)}`);
        expect([200, 400, 403, 404]).toContain(status);
        // What was sent may come back in the words of a refusal.
        if (status === 200)
          expect(text).not.toMatch(/of press-02|of room-07|"press-02","table":"readings","sub"/);
      }),
      { numRuns: 300 },
    );
    expect(await api.store.value("SELECT count(*) FROM duckdb_views()")).toBe(views);
  });
});

describe("answers as files", () => {
  test("of SQL, whole, and of each operation that answers rows", async () => {
    const owner = (path: string, body?: object) =>
      fetch(`${api.url}api/${path}`, {
        headers: { ...bearer, "content-type": "application/json" },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      });
    const statement = { sql: "SELECT device_id, count(*) AS n FROM readings GROUP BY 1 ORDER BY 1" };
    const parquet = await owner("export", { ...statement, format: "parquet" });
    const compressors = { ZSTD: (input: Uint8Array) => new Uint8Array(zstdDecompressSync(input)) };
    expect(await parquetReadObjects({ file: await parquet.arrayBuffer(), compressors })).toEqual([
      { device_id: "press-01", n: 6n },
      { device_id: "press-02", n: 6n },
    ]);
    expect(parquet.headers.get("fieldlake-rows")).toBe("2");
    expect(await (await owner("export", { ...statement, format: "csv" })).text()).toBe(
      "device_id,n\npress-01,6\npress-02,6\n",
    );
    for (const path of [
      "fleet?",
      "latest?",
      "metrics?device=press-01&",
      "series?device=press-01&metric=temperature&",
      "quarantine?",
    ]) {
      const csv = await (await owner(`${path}format=csv`)).text();
      const rows = await parquetReadObjects({
        file: await (await owner(`${path}format=parquet`)).arrayBuffer(),
      });
      expect(rows.length).toBeGreaterThan(0);
      expect(csv.trimEnd().split("\r\n")).toHaveLength(rows.length + 1);
      expect(csv.split("\r\n")[0]?.split(",")).toEqual(Object.keys(rows[0] ?? {}));
    }
    expect(api.place.files(/drafts/)).toEqual([]);
  });

  test("that would read the whole lake are refused with the range that mends it", async () => {
    const answer = await as(await api.tokenOf({}), "/api/query", { sql: "FROM readings", from: "soon" });
    expect(codeOf(answer)).toEqual([400, "parameter"]);
    const ranged = await as(await api.tokenOf({}), "/api/query", {
      sql: "SELECT count(*)::INT FROM readings",
      from: began + 1500,
    });
    expect(JSON.parse(ranged.text)).toMatchObject({ rows: [[4]] });
  });
});
