/** Roll-ups after a replay that sees values at another time: where there are none any more, there are no results. */
import { afterAll, expect, test } from "@jest/globals";
import { pino } from "pino";
import { insightDeclaration } from "../../../functions/declared-insights/declaration.ts";
import { Insights } from "../../../site/insights/insights.ts";
import { storeFolder } from "../store/support.ts";
import { first, machine, machineProfile, replay, sendAll, start } from "./support.ts";

const place = storeFolder();
afterAll(() => place.remove());

const hour = 3_600_000_000;
const timed = [1, 2, 3].map((seq) =>
  machine(seq, { seq, ts: (start - 30 * hour) / 1_000 + seq, temperature: seq }),
);

test("hours and days are those of the rows that there are", async () => {
  let store = await place.open([], first);
  await sendAll(store, timed);
  const looked = async () => {
    const insights = new Insights({
      ...{ lake: store.lake, logger: pino({ level: "silent" }), tenant: "acme", retentionDays: 0 },
      ...{ dataFolder: place.dataFolder, keyFile: place.keyFile },
      extensionFile: process.env["FIELDLAKE_DUCKDB_HTTPFS"],
      declaration: insightDeclaration.parse({}),
      now: () => (start + 3 * hour) / 1_000,
    });
    await insights.look();
    expect(insights.trouble).toBeNull();
    await insights.stop();
  };
  const hours = async (table: string) =>
    (
      await store.lake.query(
        `SELECT CAST(epoch_us(ts) AS DOUBLE), CAST(count AS INTEGER) FROM ${table} ORDER BY 1`,
      )
    ).rows;
  await looked();
  expect(await hours("rollups_1h")).toEqual([[start - 30 * hour, 3]]);
  expect(await hours("rollups_1d")).toHaveLength(1);
  await store.close();

  // What the device says is no time after all: that of its arrival holds.
  const untimed = machineProfile({ version: "2", fields: [{ path: "temperature", unit: "Cel" }] });
  store = await place.open([], (all) =>
    untimed(all).map((profile) => {
      const { time: _, ...rest } = profile as typeof profile & { time?: unknown };
      return profile.name === "machine-json" ? (rest as typeof profile) : profile;
    }),
  );
  await replay(store);
  await looked();
  expect(await hours("rollups_1h")).toEqual([[start, 3]]);
  expect((await hours("rollups_1d")).map(([, count]) => count)).toEqual([3]);
  await store.close();
});
