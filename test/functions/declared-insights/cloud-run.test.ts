/** Runs of a cloud's insight function: what is due, what a run leaves when it ends early, what a repeat changes. */
import { describe, expect, test } from "@jest/globals";
import { duckDbMerge } from "../../../functions/adapters/duckdb-merge.ts";
import type { InsightPorts } from "../../../functions/cloud-insights/ports.ts";
import { runInsights } from "../../../functions/cloud-insights/run.ts";
import { compactLake } from "../../../functions/lake/compaction.ts";
import { changeDay } from "../../../functions/lake/day-change.ts";
import { dayFiles } from "../../../functions/lake/day-files.ts";
import { markEmptied } from "../../../functions/lake/emptied-hours.ts";
import type { KeptObjects } from "../../../functions/ports.ts";
import { pressReadings } from "../../support/press-reading.ts";
import { ask, hear, land, watchedLake, portsOf, type WatchedLake } from "./cloud-lake.ts";

const minute = 60_000_000;
const hour = 60 * minute;
/** 2026-11-21T07:00:00Z, microseconds. */
const seven = Date.UTC(2026, 10, 21, 7) * 1_000;
const reading = pressReadings(seven);

let clock = (seven + 40 * minute) / 1_000;
const declared = [
  { kind: "gap", name: "gaps", minutes: 10 },
  { kind: "late", name: "late", minutes: 10 },
  { kind: "limit", name: "hot", above: 80, release: 70 },
];
const portsFor = (
  lake: WatchedLake,
  over: Partial<InsightPorts> = {},
  of: unknown = { declared },
): InsightPorts => ({
  ...portsOf(lake, "curated", of, () => clock),
  ...over,
});
const at = (micros: number): void => void (clock = micros / 1_000);

/** A value a minute from `from` on. */
const values = (from: number, ...temperatures: readonly number[]) =>
  temperatures.map((valueDouble, index) => reading({ ts: from + index * minute, valueDouble, seq: index }));

const count = "SELECT sum(count)::INT FROM rollups_";
const found = "SELECT insight, epoch_us(ts)::BIGINT, detail FROM insights ORDER BY ALL";
const cited = `SELECT count(*)::INT FROM (SELECT evidence FROM rollups_1m UNION ALL SELECT evidence FROM rollups_1h
  UNION ALL SELECT evidence FROM rollups_1d UNION ALL SELECT evidence FROM insights) ANTI JOIN insight_evidence USING (evidence)`;

const resultsOf = ({ stored }: WatchedLake) =>
  Object.fromEntries(
    [...stored]
      .filter(([name]) => name.startsWith("curated/insights/") && name.endsWith(".parquet"))
      .map(([name, { bytes }]) => [name, Buffer.from(bytes).toString("base64")]),
  );
/** As a replay does whose values come to lie elsewhere. */
async function empty({ objects, list, removal }: WatchedLake, hourFolder: string): Promise<void> {
  const [found] = await dayFiles("curated", "readings", ["2026-11-21"], { objects, list });
  const folder = "readings/dt=2026-11-21/";
  const remove = found!.files
    .map(({ key }) => key.slice(folder.length))
    .filter((path) => path.startsWith(hourFolder));
  const change = { add: [], remove, by: "replay 1", note: { kind: "replayed" } };
  await markEmptied("curated", "readings", "2026-11-21", change, { objects, list });
  await changeDay("curated", "readings", found!, change, { objects, now: () => clock });
  for (const path of remove) await removal.remove("curated", `${folder}${path}`);
}
const never = (): never => {
  throw new Error("it was there");
};
const marks = ({ stored }: WatchedLake): string[] =>
  [...stored.keys()].filter((key) => key.includes("/_due/"));

describe("a run of a cloud's insights", () => {
  test("works out what landed; a second one changes nothing; an hour is judged once it is over", async () => {
    const lake = watchedLake();
    at(seven + 40 * minute);
    await land(lake, values(seven, 20, 21, 90, 60));
    const first = await runInsights(portsFor(lake));
    // An hour, its day, gaps and limits not yet, who is late.
    expect(first).toEqual({ state: "done", units: 3, failed: [] });
    expect(await ask(lake, "curated", `${count}1m`, `${count}1h`, `${count}1d`, found, cited)).toEqual([
      [[4]],
      [[4]],
      [[4]],
      [["late", String(seven + 3 * minute), "no value of temperature since 2026-11-21T07:03:00.000Z"]],
      [[0]],
    ]);
    const before = resultsOf(lake);
    expect(await runInsights(portsFor(lake))).toEqual({ state: "done", units: 0, failed: [] });
    expect(resultsOf(lake)).toEqual(before);
    expect(marks(lake)).toHaveLength(1);

    at(seven + hour + 3 * minute);
    expect((await runInsights(portsFor(lake))).units).toBe(3);
    expect((await ask(lake, "curated", found))[0]).toEqual([
      ["hot", String(seven + 2 * minute), "temperature was 90, above 80"],
      ["late", String(seven + 3 * minute), "no value of temperature since 2026-11-21T07:03:00.000Z"],
    ]);
    expect(marks(lake)).toEqual([]);
  });

  test("late values change their own hour and day alone, and name all files", async () => {
    const lake = watchedLake();
    at(seven + 3 * hour);
    await land(lake, [...values(seven, 20, 21), ...values(seven + hour, 30, 31)]);
    await runInsights(portsFor(lake));
    const before = resultsOf(lake);
    await land(lake, values(seven + 30 * minute, 40));
    expect((await runInsights(portsFor(lake))).units).toBe(4);
    const after = resultsOf(lake);
    const changed = Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key]);
    const untouched = (key: string) => key.includes("/hr=08/") && !key.includes("late");
    expect(changed.filter(untouched)).toEqual([]);
    expect(
      await ask(
        lake,
        "curated",
        `${count}1d`,
        cited,
        "SELECT count(DISTINCT file)::INT, sum(rows)::INT FROM insight_evidence WHERE unit = 'hour/2026-11-21T07'",
        "SELECT count(*)::INT FROM insight_evidence ANTI JOIN (SELECT evidence FROM rollups_1m UNION ALL SELECT evidence FROM rollups_1h UNION ALL SELECT evidence FROM rollups_1d UNION ALL SELECT evidence FROM insights) USING (evidence) WHERE unit NOT LIKE 'insight/%'",
      ),
    ).toEqual([[[5]], [[0]], [[2, 3]], [[0]]]);
  });

  test("an hour that a replay empties loses its results, and its day with the last of them", async () => {
    const lake = watchedLake();
    at(seven + 3 * hour);
    await land(lake, [...values(seven, 20, 90), ...values(seven + hour, 95, 31)]);
    await runInsights(portsFor(lake));
    const hours = "SELECT DISTINCT epoch_us(time_bucket(INTERVAL 1 hour, ts))::BIGINT FROM rollups_1m";
    await empty(lake, "hr=07");
    expect(await runInsights(portsFor(lake))).toMatchObject({ state: "done", failed: [] });
    expect(await ask(lake, "curated", hours, `${count}1h`, `${count}1d`, cited)).toEqual([
      [[String(seven + hour)]],
      [[2]],
      [[2]],
      [[0]],
    ]);
    expect((await ask(lake, "curated", found))[0]?.filter(([insight]) => insight === "hot")).toEqual([
      ["hot", String(seven + hour), "temperature was 95, above 80"],
    ]);
    expect(marks(lake)).toEqual([]);

    await empty(lake, "hr=08");
    // Ended by the store behind the first results that it takes away, and made good.
    const before = lake.changes.length;
    lake.breaks = (change) => change.startsWith("remove") && lake.changes.length > before + 2;
    await expect(runInsights(portsFor(lake))).rejects.toThrow("the store broke");
    lake.breaks = () => false;
    clock += 600_001;
    expect(await runInsights(portsFor(lake))).toMatchObject({ state: "done", failed: [] });
    const left = Object.keys(resultsOf(lake)).filter((key) => !key.includes("late"));
    expect([left, marks(lake)]).toEqual([[], []]);
  });

  test("two at the same time are one, and a run that was killed holds others off no longer than it could have run", async () => {
    const lake = watchedLake();
    at(seven + 3 * hour);
    await land(lake, values(seven, 20, 21));
    const both = await Promise.all([runInsights(portsFor(lake)), runInsights(portsFor(lake))]);
    expect(both.map(({ state }) => state).sort()).toEqual(["busy", "done"]);

    await land(lake, values(seven + minute, 22));
    lake.breaks = (change) => change.includes("rollups_1h");
    const put: KeptObjects["put"] = (bucket, key, bytes, former) =>
      // The lock is taken, and what gives it back never comes.
      Buffer.from(bytes).includes('"until":0')
        ? Promise.reject(new Error("killed"))
        : lake.kept.put(bucket, key, bytes, former);
    const stuck = runInsights(portsFor(lake, { kept: { ...lake.kept, put } }));
    await expect(stuck).rejects.toThrow("killed");
    lake.breaks = () => false;
    expect((await runInsights(portsFor(lake))).state).toBe("busy");
    clock += 600_001;
    expect(await runInsights(portsFor(lake))).toMatchObject({ state: "done", failed: [] });
    expect(await ask(lake, "curated", `${count}1m`, `${count}1h`, cited)).toEqual([[[3]], [[3]], [[0]]]);
  });

  test("a run that ends at any write is made good by the next one", async () => {
    // An hour, its day, and what is said of now: every way of replacing results.
    const few = (lake: WatchedLake) => portsFor(lake, {}, { declared: [{ kind: "late", name: "late" }] });
    const prepared = watchedLake();
    at(seven + 3 * hour);
    await land(prepared, values(seven, 20, 90, 22));
    await runInsights(few(prepared));
    // The next slot of what is said of now is in another hour: its files move.
    at(seven + 4 * hour + 7 * minute);
    await land(prepared, values(seven + 5 * minute, 40));
    const whole = watchedLake(prepared);
    await runInsights(few(whole));
    const steps = whole.changes.length;
    expect(steps).toBeGreaterThan(15);
    for (let step = 1; step < steps; step++) {
      const lake = watchedLake(prepared);
      let left = step;
      // Giving the lock back is the one thing that comes after a failure.
      lake.breaks = (change) => !change.includes("lock.json") && --left < 0;
      await runInsights(few(lake)).catch(() => undefined);
      lake.breaks = () => false;
      expect((await runInsights(few(lake))).state).toBe("done");
      expect(resultsOf(lake)).toEqual(resultsOf(whole));
    }
  });

  test("time runs out between two units: the next run goes on, and nothing is done twice", async () => {
    const lake = watchedLake();
    at(seven + 5 * hour);
    for (let at = 0; at < 4; at++) await land(lake, values(seven + at * hour, 20, 21));
    let units = 0;
    let runs = 0;
    for (let state = ""; state !== "done"; runs++) {
      // Each look at the clock takes a second.
      const run = await runInsights(
        portsFor(lake, {
          now: () => (clock += 1_000),
          bounds: { ...portsFor(lake).bounds, beginsWithin: 14_000 },
        }),
      );
      ({ state } = run);
      units += run.units;
      expect(runs).toBeLessThan(20);
    }
    expect(runs).toBeGreaterThan(1);
    // Four hours, the day, gaps and limits; who is late may be asked for once or twice.
    expect(units - 7).toBeLessThan(3);
    expect((await ask(lake, "curated", `${count}1d`))[0]).toEqual([[8]]);
  });

  test("what takes too long, or rests on too much, fails by itself, is told, and is tried again later", async () => {
    const lake = watchedLake();
    at(seven + 3 * hour);
    await land(lake, values(seven, 20, 21));
    const told: string[] = [];
    const complain = (message: string) => void told.push(message);
    const { bounds } = portsFor(lake);
    const slow = await runInsights(portsFor(lake, { complain, bounds: { ...bounds, unit: 0 } }));
    expect(slow).toEqual({ state: "done", units: 0, failed: ["hour/2026-11-21T07"] });
    expect(told[0]).toMatch(/^hour\/2026-11-21T07 could not be worked out: it takes longer than 0 s; narrow/);
    expect(marks(lake)).toHaveLength(1);

    expect((await runInsights(portsFor(lake, { complain }))).failed).toEqual(["hour/2026-11-21T07"]);
    expect(told).toHaveLength(1);
    clock += 3_600_001;
    const large = await runInsights(portsFor(lake, { complain, bounds: { ...bounds, mostBytes: 10 } }));
    expect(large.failed).toEqual(["hour/2026-11-21T07"]);
    expect(told[1]).toMatch(/it rests on \d+ bytes in 1 files; allowed: 10; narrow/);
    clock += 3_600_001;
    expect(await runInsights(portsFor(lake, { complain }))).toMatchObject({ failed: [] });
    expect(marks(lake)).toEqual([]);
    expect((await ask(lake, "curated", `${count}1d`))[0]).toEqual([[2]]);
  });

  test("a file that somebody replaced is not cited by the hash that it landed with", async () => {
    const lake = watchedLake();
    at(seven + 3 * hour);
    await land(lake, values(seven, 20, 21));
    const other = watchedLake();
    await land(other, values(seven, 99));
    const [key] = [...lake.stored.keys()].filter((name) => name.startsWith("curated/readings/"));
    const [forged] = [...other.stored].filter(([name]) => name.startsWith("curated/readings/"));
    lake.stored.set(String(key), forged?.[1] ?? never());
    const told: string[] = [];
    const run = await runInsights(portsFor(lake, { complain: (message) => void told.push(message) }));
    expect(run.failed).toEqual(["hour/2026-11-21T07"]);
    expect(told[0]).toMatch(/when it landed it had [0-9a-f]{64}: somebody replaced it/);
    expect(resultsOf(lake)).toEqual({});
  });

  test("another declaration is worked out for all days, and what is not declared any more goes", async () => {
    const lake = watchedLake();
    at(seven + 30 * hour);
    await land(lake, [...values(seven, 20, 90), ...values(seven + 24 * hour, 91, 20)]);
    await runInsights(portsFor(lake));
    const limits = "SELECT count(*)::INT FROM insights WHERE insight = 'hot'";
    expect(await ask(lake, "curated", limits, `${count}1m`)).toEqual([[[2]], [[4]]]);
    const narrow = {
      rollUps: { version: 2, metrics: "rpm" },
      declared: [{ kind: "late", name: "late", minutes: 10 }],
    };
    await land(lake, [reading({ metric: "rpm", ts: seven + minute, valueDouble: 5 })]);
    expect((await runInsights(portsFor(lake, {}, narrow))).state).toBe("done");
    expect(Object.keys(resultsOf(lake)).filter((key) => key.includes("hot") || key.includes("gaps"))).toEqual(
      [],
    );
    expect(await ask(lake, "curated", "SELECT DISTINCT metric FROM rollups_1m", `${count}1d`)).toEqual([
      [["rpm"]],
      [[1]],
    ]);
    const changes = lake.changes.length;
    await runInsights(portsFor(lake, {}, narrow));
    expect(lake.changes.slice(changes).filter((change) => !change.includes("lock.json"))).toEqual([]);
  });

  test("files that landed before anything was declared are found; a file that nobody heard of yet waits", async () => {
    const lake = watchedLake();
    at(seven + 3 * hour);
    await land(lake, values(seven, 20, 21));
    for (const key of marks(lake)) lake.stored.delete(key);
    await land(lake, values(seven + hour, 30));
    const unheard = [...lake.stored.keys()].filter((key) => key.includes("hr=08") || key.includes("T08"));
    const manifest = unheard.find((key) => key.startsWith("curated/_manifest/")) ?? "";
    const [kept] = [lake.stored.get(manifest)];
    lake.stored.delete(manifest);
    await runInsights(portsFor(lake));
    expect((await ask(lake, "curated", `${count}1d`))[0]).toEqual([[2]]);
    lake.stored.set(manifest, kept ?? never());
    for (const name of unheard.filter((one) => one.includes("/_due/")))
      await lake.objects.create("curated", name.slice("curated/".length), Buffer.from("again"));
    await runInsights(portsFor(lake));
    expect((await ask(lake, "curated", `${count}1d`))[0]).toEqual([[3]]);
  });

  test("merged files are cited in the place of those that they were made of, once they count", async () => {
    const lake = watchedLake(undefined, () => clock);
    at(seven + 3 * hour);
    for (let file = 0; file < 4; file++) await land(lake, values(seven + file * minute, 20 + file));
    await runInsights(portsFor(lake));
    const before = await ask(lake, "curated", "SELECT * EXCLUDE (evidence) FROM rollups_1m ORDER BY ALL");
    const names = () => [...lake.stored.keys()].map((name) => name.slice("curated/".length));
    // What landed less than an hour ago is not merged.
    at(seven + 4 * hour);
    const merged = await compactLake("curated", {
      ...{ objects: lake.objects, list: lake.list, removal: lake.removal },
      ...{
        merge: duckDbMerge({ memory: "256MB", codec: "ZSTD", version: "V1" }),
        complain: never,
        now: () => clock,
        until: Infinity,
      },
    });
    expect(merged).toMatchObject({ merged: 4, made: 1 });
    const [changed] = names().filter((key) => key.endsWith(".changed.parquet"));
    const record = names().find((key) => key.startsWith("_manifest/changes/"));
    const kept = lake.stored.get(`curated/${record}`);
    // The file is heard of before the record that makes it count.
    lake.stored.delete(`curated/${record}`);
    await hear(lake.objects, "curated", String(changed));
    await runInsights(portsFor(lake));
    expect(marks(lake)).toHaveLength(1);
    lake.stored.set(`curated/${record}`, kept ?? never());
    expect((await runInsights(portsFor(lake))).failed).toEqual([]);
    expect(marks(lake)).toEqual([]);
    const cites = "SELECT file, rows::INT FROM insight_evidence WHERE source = 'readings'";
    expect(
      await ask(lake, "curated", "SELECT * EXCLUDE (evidence) FROM rollups_1m ORDER BY ALL", cites),
    ).toEqual([...before, [[changed, 4]]]);
  });
});
