/** What has to be computed: hours and days whose files are other ones than those that their results rest on. Pure. */
import { createHash } from "node:crypto";
import type { DeclaredInsight, InsightDeclaration } from "./declaration.ts";
import { insightTables, rollUpTables, windows, type WindowName } from "./tables.ts";

/** A file of the lake, as far as insights look at it. */
export interface Part {
  readonly table: string;
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
  /** Microseconds of the partition's timestamp. */
  readonly minTs: number;
  readonly maxTs: number;
  /** Names its columns. */
  readonly shape: string;
  /** Of a result: what it is of, and what that rested on. */
  readonly derived?: Derived;
}

export interface Derived {
  readonly unit: string;
  readonly basis: string;
}

/** A piece of work: all of its results are replaced together. */
export interface Unit extends Derived {
  /** Microseconds; `to` is behind the last one. */
  readonly from: number;
  readonly to: number;
  readonly kind: "hour" | "day" | "insight";
  readonly insight: DeclaredInsight | null;
  /** What it rests on. */
  readonly sources: readonly Part[];
  /** What is also looked at: what was before. */
  readonly history: readonly Part[];
}

export interface Due {
  /** Hours first, then days, then insights; the newest first. */
  readonly units: readonly Unit[];
  /** Results of insights that are not declared any more, as names of units. */
  readonly gone: readonly string[];
}

/** An hour whose values may still be on their way is not judged: microseconds after its end. */
export const grace = 120_000_000;
/** Changes with what the results mean or how they are computed: then everything is computed anew. */
const computation = 1;
const day = windows["1d"];
/** What detectors learn from and forecasts rest on, before the day or the moment. */
const looksBack: Record<WindowName, number> = { "1m": 3 * day, "1h": 90 * day, "1d": 1_100 * day };
const lateLooksBack = 31 * day;

/** Microseconds before a day, or before now, that an insight's roll-ups reach back to. */
export const looksBackOf = (insight: DeclaredInsight): number =>
  insight.kind === "late" ? lateLooksBack : looksBack["step" in insight ? insight.step : "1m"];

const derivedTables: ReadonlySet<string> = new Set(insightTables.map(({ name }) => name));

/**
 * @param now microseconds
 * @param oldest microseconds: what began before loses its files to retention, and its results stay as they are
 */
export function dueUnits(
  files: readonly Part[],
  declaration: InsightDeclaration,
  now: number,
  oldest = -Infinity,
): Due {
  const done = new Map(files.flatMap(({ derived }) => (derived ? [[derived.unit, derived.basis]] : [])));
  const units = unitsOf(files, declaration, now, oldest).flatMap((all) =>
    all.filter(({ unit: name, basis }) => done.get(name) !== basis).toSorted((a, b) => b.from - a.from),
  );
  const names = new Set(declaration.declared.map(({ name }) => `insight/${name}/`));
  const gone = [...done.keys()].filter(
    (name) => name.startsWith("insight/") && !names.has(name.slice(0, name.lastIndexOf("/") + 1)),
  );
  return { units, gone };
}

/**
 * Results of hours and days that have no rows any more, as names of units: a replay saw their values at another time, or refused
 * them. What retention has begun to take is none.
 *
 * @param files all that the lake has
 */
export function emptiedUnits(
  files: readonly Part[],
  declaration: InsightDeclaration,
  now: number,
  oldest = -Infinity,
): readonly string[] {
  const there = new Set(
    unitsOf(files, declaration, now, oldest).flatMap((all) => all.map(({ unit: name }) => name)),
  );
  const done = new Set(files.flatMap(({ derived }) => (derived ? [derived.unit] : [])));
  return [...done].filter((name) => {
    const [, day, hour = "00"] = /\/(\d{4}-\d\d-\d\d)(?:T(\d\d))?$/.exec(name) ?? [];
    return day !== undefined && !there.has(name) && Date.parse(`${day}T${hour}:00:00Z`) * 1_000 >= oldest;
  });
}

/** Hours, days and insights, whether they are due or not. */
function unitsOf(
  files: readonly Part[],
  declaration: InsightDeclaration,
  now: number,
  oldest: number,
): readonly (readonly Unit[])[] {
  const of = (window: WindowName): readonly Part[] =>
    files.filter(({ table }) => table === rollUpTables[window].name);
  const sources = files.filter(({ table }) => table !== "quarantine" && !derivedTables.has(table));
  const hours = grouped(sources, "1h", oldest).map(([from, parts]) =>
    unit({ kind: "hour", from, to: from + windows["1h"], sources: parts }, declaration.rollUps),
  );
  const days = grouped(of("1h"), "1d", oldest).map(([from, parts]) =>
    unit({ kind: "day", from, to: from + day, sources: parts }, null),
  );
  const insights = declaration.declared.flatMap((insight) =>
    isCurrent(insight) ? currentUnit(insight, of, now) : dailyUnits(insight, of, now, oldest),
  );
  return [hours, days, insights];
}

type Given = Pick<Unit, "kind" | "from" | "to" | "sources"> & Partial<Pick<Unit, "insight" | "history">>;

function unit({ insight = null, history = [], ...given }: Given, meaning: unknown, slot?: number): Unit {
  const hash = createHash("sha256").update(JSON.stringify([computation, insight, meaning, slot ?? null]));
  for (const sha256 of given.sources.map((part) => part.sha256).toSorted()) hash.update(sha256);
  const begin = new Date(given.from / 1000).toISOString();
  const place = given.kind === "hour" ? begin.slice(0, 13) : slot === undefined ? begin.slice(0, 10) : "now";
  const name = insight === null ? given.kind : `insight/${insight.name}`;
  return { ...given, insight, history, unit: `${name}/${place}`, basis: hash.digest("hex").slice(0, 32) };
}

/** One a day, of its hours that are over. */
function dailyUnits(
  insight: Extract<DeclaredInsight, { kind: "gap" | "limit" | "anomaly" }>,
  of: (window: WindowName) => readonly Part[],
  now: number,
  oldest: number,
): Unit[] {
  const step = insight.kind === "anomaly" ? insight.step : "1m";
  const closed = of(step).filter(({ minTs }) => hourOf(minTs) + windows["1h"] + grace <= now);
  return grouped(closed, "1d", oldest).map(([from, sources]) => {
    const history = closed.filter(({ minTs }) => minTs < from && minTs >= from - looksBack[step]);
    return unit({ kind: "insight", insight, from, to: from + day, sources, history }, null);
  });
}

type CurrentInsight = Extract<DeclaredInsight, { kind: "late" | "forecast" }>;
export const isCurrent = (insight: DeclaredInsight): insight is CurrentInsight =>
  insight.kind === "late" || insight.kind === "forecast";

/**
 * Its unit at the moment, without what it rests on: files of later hours change nothing before the next slot, so it is
 * named by its moment alone.
 */
export function currentMoment(insight: CurrentInsight, now: number): Unit {
  const slot =
    (insight.kind === "forecast" ? insight.everyMinutes : Math.min(insight.minutes, 5)) * 60_000_000;
  const at = Math.floor(now / slot) * slot;
  return unit({ kind: "insight", insight, from: at, to: now, sources: [] }, null, at);
}

/** One that says how it is now, at most once in each slot of time. */
function currentUnit(
  insight: CurrentInsight,
  of: (window: WindowName) => readonly Part[],
  now: number,
): Unit[] {
  const step = insight.kind === "forecast" ? insight.step : "1d";
  const moment = currentMoment(insight, now);
  const since = moment.from - looksBackOf(insight);
  const sources = of(step).filter(
    ({ minTs }) => minTs >= since && (insight.kind === "late" || minTs + windows[step] <= moment.from),
  );
  return sources.length === 0 ? [] : [{ ...moment, sources }];
}

const hourOf = (micros: number): number => Math.floor(micros / windows["1h"]) * windows["1h"];

function grouped(parts: readonly Part[], window: WindowName, oldest: number): [number, readonly Part[]][] {
  const length = windows[window];
  const groups = Map.groupBy(parts, ({ minTs }) => Math.floor(minTs / length) * length);
  return [...groups].filter(([from]) => from >= oldest);
}
