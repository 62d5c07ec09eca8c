/** The API of clouds over files in memory: what every target answers, and what nobody may see. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parquetSink } from "../../../functions/adapters/lake.ts";
import { frameBlocks, readingsBlock } from "../../../functions/core/columns.ts";
import { memoryLake } from "../../support/memory-lake.ts";
import { askedAlike, beganBefore, hostileStatements } from "../../support/asking-conformance.ts";
import { alarmsAsTable, askedAlarms } from "../../support/asked-alarms.ts";
import { toldOfItself } from "../../support/asked-overview.ts";
import { writeAskedRows } from "../../support/asked-rows.ts";
import { readingFile } from "../../support/damaged-lake.ts";
import { pressReadings } from "../../support/press-reading.ts";
import { startCloudAsking, type CloudAsking } from "./cloud-asking.ts";

const now = Date.now();
const began = now - beganBefore;
const zones = { curated: "curated", quarantine: "quarantine", began };
let asking: CloudAsking;

beforeAll(async () => {
  asking = await startCloudAsking(() => now);
  await writeAskedRows(asking.store.objects, { ...zones, bytesAs: "hex" });
}, 60_000);
afterAll(() => asking.stop());

describe("a cloud answers as the site does", () => {
  test.each(Object.entries(askedAlike))("%s", async (_, body) => {
    await body({ began, client: (token) => asking.client(token) });
    expect(asking.complaints).toEqual([]);
  });

  test("what lies in the lake is counted by its listing", () =>
    toldOfItself({ began, client: (token) => asking.client(token) }, "memory"));

  test("alarms are a table", async () => {
    for (const raised of askedAlarms(began)) await asking.book.raise(raised);
    await alarmsAsTable({ began, client: (token) => asking.client(token) });
    // Who may write to the lake brings no alarm into it, also where no rules are.
    const file = await readingFile(began, "press-01");
    await asking.store.objects.create("curated", file.path.replace("readings/", "alarms/"), file.bytes);
    const other = await startCloudAsking(() => now, asking.store, { alarms: null });
    expect((await (await other.client()).query("SELECT count(*)::INT FROM alarms")).rows).toEqual([[0]]);
    expect(other.complaints).toEqual([]);
    other.stop();
  });

  test("says of which time, and takes rows of another from files that nobody read before", async () => {
    const day = 86_400_000;
    const old = pressReadings((began - 40 * day) * 1000)({ deviceId: "press-09", valueDouble: 7 });
    await parquetSink(asking.store.objects, "curated", "hex").write(readingsBlock([old]));
    const other = await startCloudAsking(() => now, asking.store);
    const lake = await other.client();
    const reads: string[] = [];
    other.store.onStep = (step) => void (step.startsWith("read ") && reads.push(step));
    const ask = "SELECT DISTINCT device_id FROM readings ORDER BY 1";
    const range = { from: began - 41 * day, to: began - 39 * day };
    expect(await lake.query(ask, range)).toMatchObject({ rows: [["press-09"]], range });
    expect(reads).toHaveLength(1);
    // Seven days that have rows, wherever they lie; what is here is not read again.
    const whole = await lake.query(ask);
    expect(whole.rows).toEqual([["press-01"], ["press-02"], ["press-09"]]);
    expect(whole.range).toEqual({ from: Math.floor((began - 40 * day) / day) * day, to: null });
    const { length } = reads;
    await lake.query(ask);
    expect(reads).toHaveLength(length);
    const series = await lake.ask("series", { device: "press-09", metric: "temperature", ...range });
    expect(series.mean).toEqual([7]);
    other.store.onStep = () => undefined;
    other.stop();
  });

  test("tells of frames, whose axes are in their files", async () => {
    const frames = await startCloudAsking(() => now);
    const ts = began * 1000;
    const row = pressReadings(ts)({});
    const table = (...names: string[]) => ({
      name: "frames_wrist",
      columns: names.map((name) => ({ name, unit: null })),
    });
    const frame = (of: ReturnType<typeof table>, at: number, values: readonly number[]) => ({
      ...{
        table: of,
        tenant: "acme",
        deviceId: "wrist-01",
        ts: at,
        tsRaw: null,
        values,
        quality: 0 as const,
      },
      ...{
        flags: 0,
        seq: 1,
        ingestTs: at,
        msgId: row.msgId,
        lane: row.lane,
        codec: "imu",
        codecVersion: "1",
      },
    });
    const sink = parquetSink(frames.store.objects, "curated", "hex");
    for (const block of frameBlocks([frame(table("x", "y"), ts, [1, 2])])) await sink.write(block);
    for (const block of frameBlocks([frame(table("x", "z"), ts + 3_600_000_000, [3, 4])]))
      await sink.write(block);
    const lake = await frames.client();
    expect((await lake.query("SELECT x, y, z FROM frames_wrist ORDER BY ts")).rows).toEqual([
      [1, 2, null],
      [3, null, 4],
    ]);
    const { rows } = await lake.ask("latest", {});
    expect(rows.map(({ metric, value }) => [metric, value])).toContainEqual([
      "x",
      { kind: "double", value: 3 },
    ]);
    expect(frames.complaints).toEqual([]);
    frames.stop();
  });
});

describe("nobody sees", () => {
  test("rows of another environment, whatever files they lie in", async () => {
    const shared = await startCloudAsking(() => now);
    await writeAskedRows(shared.store.objects, { ...zones, bytesAs: "bytes" });
    await writeAskedRows(shared.store.objects, { ...zones, bytesAs: "bytes", tenant: "other" });
    const lake = await shared.client();
    expect((await lake.query("SELECT tenant, count(*)::INT FROM readings GROUP BY 1")).rows).toEqual([
      ["acme", 12],
    ]);
    expect((await lake.query("SELECT count(*)::INT FROM quarantine")).rows).toEqual([[3]]);
    expect((await lake.query("SELECT DISTINCT tenant FROM latest")).rows).toEqual([["acme"]]);
    // An error would tell that there is such a row.
    const tried =
      "SELECT count(*)::INT FROM readings WHERE CASE WHEN tenant = 'other' THEN error(device_id) = '' ELSE true END";
    await expect(lake.query(tried).catch(({ message }) => message as string)).resolves.not.toMatch(/press-0/);
    const { entries } = await lake.ask("quarantine", {});
    expect(entries).toHaveLength(3);
    shared.stop();
  });

  test.each(hostileStatements)("more by %s", async (sql) => {
    const lake = await asking.client({ devices: ["press-02"] });
    await expect(lake.query(sql)).rejects.toMatchObject({ status: 422, code: "query" });
    await expect(lake.download(sql, { format: "csv" })).rejects.toMatchObject({ status: 422, code: "query" });
  });

  test("rows of other devices by errors, or by what another question left", async () => {
    const lake = await asking.client({ devices: ["press-02"] });
    const sql =
      "SELECT 1 FROM readings WHERE CASE WHEN device_id = 'press-01' THEN CAST(value_text AS INT) = 1 ELSE false END";
    expect((await lake.query(sql)).rows).toEqual([]);
    expect((await lake.query("SELECT count(*)::INT FROM latest")).rows).toEqual([[2]]);
  });
});

describe("refused", () => {
  const send = (headers: Record<string, string>, path = "/api/latest") =>
    asking.send(`https://asking.test${path}`, { headers });

  test("are who has no token, a wrong, an expired and a revoked one; too many wrong ones wait", async () => {
    const codeOf = async (token?: string) => {
      const response = await send(token === undefined ? {} : { authorization: `Bearer ${token}` });
      const { code } = (await response.json()) as { code: string };
      return [response.status, code];
    };
    expect(await codeOf()).toEqual([401, "missing"]);
    expect(await codeOf(await asking.tokenOf({ at: now - 2 * 86_400_000 }))).toEqual([401, "expired"]);
    const revoked = await asking.tokenOf();
    await asking.tokens.store.revoke(String(revoked.split("_")[1]));
    for (let tried = 0; tried < 10; tried++) expect(await codeOf(revoked)).toEqual([401, "wrong"]);
    expect(await codeOf(await asking.tokenOf())).toEqual([429, "throttled"]);
  });
});

describe("a lake", () => {
  test("that holds nothing yet answers nothing, and is no error", async () => {
    const empty = await startCloudAsking(() => now);
    const lake = await empty.client();
    expect((await lake.query("SELECT count(*)::INT FROM readings")).rows).toEqual([[0]]);
    expect(await lake.ask("latest", {})).toEqual({ matching: 0, rows: [] });
    expect(await lake.ask("quarantine", {})).toEqual({ entries: [], next: null, reasons: [] });
    expect((await lake.ask("search", { words: "press" })).found.map(({ title }) => title)).toEqual([
      "press-01",
    ]);
    expect((await lake.ask("fleet", {})).devices).toEqual([
      expect.objectContaining({ deviceId: "press-01", pinned: true, connected: null, lastSeen: null }),
    ]);
    expect((await lake.ask("alarms", {})).alarms).toEqual([]);
    expect(empty.complaints).toEqual([]);
    empty.stop();
  });

  test("that is too large for a question says which time to begin with", async () => {
    const small = await startCloudAsking(() => now, asking.store, { scan: { files: 1, bytes: 2 ** 20 } });
    const lake = await small.client();
    const tooLarge = { status: 422, code: "scan-too-large", message: expect.stringContaining('{"from": "') };
    await expect(lake.query("SELECT 1 FROM readings")).rejects.toMatchObject(tooLarge);
    await expect(lake.ask("latest", {})).rejects.toMatchObject(tooLarge);
    small.stop();
  });

  test("whose files are merged meanwhile is asked again; one that can't be read is told to no stranger", async () => {
    const store = memoryLake(() => now);
    await writeAskedRows(store.objects, { ...zones, bytesAs: "hex" });
    const moving = await startCloudAsking(() => now, store);
    const lake = await moving.client();
    const [name = ""] = [...store.stored.keys()].filter((key) => key.startsWith("curated/readings"));
    store.onStep = (step) => {
      if (step.startsWith("read ")) store.stored.delete(name);
    };
    expect((await lake.query("SELECT count(*)::INT FROM readings")).rows).toEqual([[6]]);
    store.onStep = (step) => {
      if (step.startsWith("list ")) throw new Error("s3://secret-bucket: access denied");
    };
    const broken = await startCloudAsking(() => now, store);
    const refused = (await broken.client()).query("SELECT 1 FROM readings");
    await expect(refused).rejects.toMatchObject({
      status: 500,
      code: "lake",
      message: expect.not.stringContaining("secret"),
    });
    expect(broken.complaints.map(({ message }) => message)).toEqual(["s3://secret-bucket: access denied"]);
    moving.stop();
    broken.stop();
  });
});
