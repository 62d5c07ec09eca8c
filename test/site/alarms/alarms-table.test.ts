/** Alarms as the table `alarms` of the site: what rules, people and silences make of it, and who sees which rows. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { join } from "node:path";
import { pino } from "pino";
import { alarmRules } from "../../../functions/core/alarm-rule.ts";
import { alarmRow } from "../../../functions/alarms/alarms-table.ts";
import { startAlarms, type Alarms } from "../../../site/alarms/alarms.ts";
import type { QueryOptions } from "../../../site/ports.ts";
import { Keyring } from "../../../site/seal.ts";
import { storeFolder, type Store } from "../store/support.ts";

const place = storeFolder();
const second = 1_000;
const began = Date.now() - 600 * second;
const rules = alarmRules.parse([
  { kind: "limit", name: "hot", metric: "temperature", above: 80, severity: "critical" },
]);
let store: Store;
let alarms: Alarms;

const open = async (): Promise<void> => {
  store = await place.open();
  alarms = await startAlarms({
    settings: { rules, everySeconds: 3_600, webhook: null },
    lake: store.lake,
    broker: { devices: () => [], publishCommand: async () => true } as never,
    dataFolder: join(place.folder, "alarms"),
    keyring: Keyring.fromFile(place.keyFile),
    logger: pino({ level: "silent" }),
  });
};
const close = async (): Promise<void> => {
  await alarms.stop();
  await store.close();
};
const rowsOf = async (sql: string, options: QueryOptions = {}) => (await store.lake.query(sql, options)).rows;

beforeAll(async () => {
  await open();
  for (const device of ["press-01", "press-02"])
    await store.send(
      device,
      ...[20, 90, 70].map((temperature, at) => ({ ts: began + at * second, seq: at, temperature })),
    );
  await store.send("press-01", { ts: began + 5 * second, seq: 5, temperature: 99 });
  await store.lake.flush();
  await alarms.look();
}, 60_000);
afterAll(async () => {
  await close();
  place.remove();
});

test("each alarm is a row, opened and closed, that joins with the reading that raised it", async () => {
  const sql = `SELECT a.tenant, a.device_id, rule, rule_version, kind, severity, a.metric, value, epoch_ms(a.ts)::INT64 - ${began},
    epoch_ms(cleared_ts)::INT64 - ${began}, acknowledged_ts, silenced_until, value_double
    FROM alarms a JOIN readings r USING (msg_id) ORDER BY a.device_id, a.ts`;
  const common = ["hot", 1, "limit", "critical", "temperature"];
  expect(
    (await rowsOf(sql)).map((row) =>
      row.map((one) => (typeof one === "string" && /^\d+$/.test(one) ? Number(one) : one)),
    ),
  ).toEqual([
    ["acme", "press-01", ...common, 90, second, 2 * second, null, null, 90],
    ["acme", "press-01", ...common, 99, 5 * second, null, null, null, 99],
    ["acme", "press-02", ...common, 90, second, 2 * second, null, null, 90],
  ]);
});

test("who may ask about some devices sees the alarms of those, also where the statement is judged", async () => {
  const asked = (devices: readonly string[] | null, judged: boolean) =>
    rowsOf("SELECT DISTINCT device_id FROM alarms ORDER BY 1", {
      judged,
      scope: { devices },
    });
  expect(await asked(["press-02"], true)).toEqual([["press-02"]]);
  expect(await asked(["lift-*"], true)).toEqual([]);
  expect(await asked(null, true)).toEqual([["press-01"], ["press-02"]]);
  await expect(rowsOf("SELECT * FROM kept_alarms", { judged: true })).rejects.toThrow("kept_alarms");
  const from = (began + 3 * second) * 1_000;
  expect(await rowsOf("SELECT value FROM alarms", { scope: { devices: null, from } })).toEqual([[99]]);
});

test("an acknowledgement and a silence are there at once", async () => {
  const [[id]] = (await rowsOf("SELECT alarm FROM alarms WHERE cleared_ts IS NULL")) as [[string]];
  await alarms.desk.acknowledge({ id, by: "kim", note: "it's the fan" });
  const silence = { rule: "h*", device: "press-02", by: "kim", reason: "maintenance" };
  await Promise.all([
    alarms.desk.silence({ ...silence, minutes: 60 }),
    alarms.desk.silence({ ...silence, minutes: 90 }),
  ]);
  const sql = `SELECT device_id, acknowledged_by, note, acknowledged_ts IS NOT NULL,
    round(epoch(silenced_until - now()) / 60) FROM alarms ORDER BY ALL`;
  expect(await rowsOf(sql)).toEqual([
    ["press-01", "kim", "it's the fan", true, null],
    ["press-01", null, null, false, null],
    ["press-02", null, null, false, 90],
  ]);
});

test("a site that comes back has the same table", async () => {
  const sql = "SELECT * FROM alarms ORDER BY alarm";
  const before = await rowsOf(sql);
  await close();
  await open();
  expect(await rowsOf(sql)).toEqual(before);
});

test("a book as long as any is taken whole", async () => {
  const [[first]] = (await rowsOf("SELECT count(*)::INT FROM alarms")) as [[number]];
  const alarm = alarms.desk.list({ state: "all", limit: 1 }).alarms[0]!;
  const rows = Array.from({ length: 10_000 }, (_, at) =>
    alarmRow({ ...alarm, raisedAt: alarm.raisedAt + at, evidence: null }, []),
  );
  await store.lake.showAlarms(rows);
  expect(
    await rowsOf("SELECT count(*)::INT, count(DISTINCT ts)::INT, count(msg_id)::INT FROM alarms"),
  ).toEqual([[10_000, 10_000, 0]]);
  await store.lake.showAlarms([]);
  expect([first, await rowsOf("SELECT * FROM alarms")]).toEqual([3, []]);
});
