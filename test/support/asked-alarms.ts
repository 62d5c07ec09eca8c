/** The view `alarms` on every target: who sees which alarms, and that what stands in them stays text. */
import { expect } from "@jest/globals";
import type { Raised } from "../../functions/alarms/raised.ts";
import { alarmRule } from "../../functions/core/alarm-rule.ts";
import type { AskedTarget } from "./asking-conformance.ts";

/** What nobody may be moved by: the device that sent it chose it. */
const hostile = `x'}]'::JSON); DROP VIEW readings; -- "`;
const days = 86_400_000;

/** @param began milliseconds since 1970 */
export function askedAlarms(began: number): readonly Raised[] {
  const rule = alarmRule.parse({ name: "asked", kind: "limit", metric: "temperature", above: 80 });
  const raised = (device: string, at: number, over: Partial<Raised> = {}): Raised => ({
    ...{ rule, subject: { device, sub: null, metric: "temperature" }, raisedAt: at * 1_000, value: 99 },
    ...{ detail: "99 is above 80", evidence: null },
    ...over,
  });
  const evidence = { msgId: "07".repeat(16), codec: "machine-json", codecVersion: "1" };
  return [
    raised("press-01", began, { evidence }),
    raised("press-02", began - 40 * days, { detail: hostile }),
    raised("room-07", began),
  ];
}

/** Once {@link askedAlarms} are in the target's book. */
export async function alarmsAsTable({ began, client }: AskedTarget): Promise<void> {
  const lake = await client({ scopes: ["query"] });
  const sql = "SELECT device_id, value, msg_id FROM alarms WHERE rule = 'asked' ORDER BY device_id";
  const [first, second, third] = [
    ["press-01", 99, "07".repeat(16)],
    ["press-02", 99, null],
    ["room-07", 99, null],
  ];
  const whole = await lake.query(sql);
  expect([whole.rows, whole.range]).toEqual([[first, second, third], undefined]);
  expect((await lake.query(sql, { from: began - days })).rows).toEqual([first, third]);
  const of = await client({ scopes: ["query"], devices: ["press-*"] });
  expect((await of.query(sql)).rows).toEqual([first, second]);
  const csv = await lake.download("SELECT DISTINCT tenant, kind FROM alarms WHERE rule = 'asked'", {
    format: "csv",
  });
  expect(await new Response(csv).text()).toBe("tenant,kind\nacme,limit\n");
  const detail = "SELECT detail FROM alarms WHERE device_id = 'press-02' AND rule = 'asked'";
  expect((await of.query(detail)).rows).toEqual([[hostile]]);
  const joined = `SELECT DISTINCT alarms.device_id FROM alarms JOIN readings USING (device_id, metric) WHERE rule = 'asked' ORDER BY 1`;
  expect((await lake.query(joined)).rows).toEqual([["press-01"], ["press-02"]]);
  expect((await lake.query("DESCRIBE alarms")).rows.map(([name]) => name)).toContain("silenced_until");
  for (const behind of ["kept_alarms", "temp.main.kept_alarms", "memory.main.kept_alarms"])
    await expect(lake.query(`SELECT * FROM ${behind}`)).rejects.toMatchObject({ status: 422, code: "query" });
}
