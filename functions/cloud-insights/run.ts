/** A run of a cloud's function on its schedule: what changed in the lake is worked out again and takes its results' place. */
import { workCurrent } from "./current.ts";
import { dueDays, dueHours } from "./due-hours.ts";
import { withdrawEmptied } from "./emptied.ts";
import { openSession } from "./engine.ts";
import { Ledgers } from "./ledger.ts";
import { takeLock } from "./lock.ts";
import type { InsightPorts } from "./ports.ts";
import { sourcesOf } from "./sources.ts";
import { sweep } from "./sweep.ts";
import { InsightWork } from "./work.ts";

export interface InsightRun {
  /** `busy`: another run is at work. `unfinished`: time ran out, and the next run goes on. */
  readonly state: "done" | "unfinished" | "busy";
  /** Units that were worked out. */
  readonly units: number;
  /** Units that could not be. */
  readonly failed: readonly string[];
}

/**
 * Days that files have landed for, the newest first, then days that a new declaration is about; and what is said of now,
 * also where time ran out before. Rejects where the lake can't be read or written; what was worked out by then stays, and
 * the next run does the rest.
 */
export async function runInsights(ports: InsightPorts): Promise<InsightRun> {
  const release = await takeLock(ports);
  if (release === null) return { state: "busy", units: 0, failed: [] };
  try {
    const session = await openSession(ports);
    try {
      const work = new InsightWork(ports, new Ledgers(ports), session);
      const isDone = await workAll(work);
      const { units, failed } = work.done;
      ports.metrics.put({ InsightUnits: units, InsightFailures: failed.size });
      return { state: isDone ? "done" : "unfinished", units, failed: [...failed] };
    } finally {
      await session.close();
    }
  } finally {
    await release();
  }
}

async function workAll(work: InsightWork): Promise<boolean> {
  const isDone = await workDays(work);
  return (await workCurrent(work)) && isDone;
}

async function workDays(work: InsightWork): Promise<boolean> {
  for (const day of await dueDays(work.ports)) if (!(await workDue(day, work))) return false;
  return sweep(work);
}

async function workDue(day: string, work: InsightWork): Promise<boolean> {
  const due = await dueHours(day, work.ports);
  const before = work.done.failed.size;
  const sources = await sourcesOf(day, due.hours, work.ports);
  await withdrawEmptied(day, due.hours, sources, work);
  const isDone = await work.day(day, sources.files);
  // What could not be worked out is tried again, for which its hours have to stay due.
  if (isDone && work.done.failed.size === before) await due.clear(sources.unsettled);
  return isDone;
}
