/**
 * A walk through all days, the newest first, after the declaration changed or was given for the first time: what its
 * hours, days and insights rest on decides what is worked out again. It goes on where the last run ended.
 */
import { createHash } from "node:crypto";
import { insightsFolder } from "../agreements.ts";
import { withdraw } from "./commit.ts";
import { currentLedger, partsOf } from "./ledger.ts";
import { daysIn, tablesOf } from "../lake/day-files.ts";
import { sourcesOf } from "./sources.ts";
import type { InsightWork } from "./work.ts";

const key = `${insightsFolder}/_state/sweep.json`;

interface Sweep {
  /** Hash of what it is for. */
  readonly declaration: string;
  /** Days up to this one have not been looked at; null: all have. */
  readonly next: string | null;
}

/** Later than any day. */
const end = "9999-12-31";

/** False where time ran out before the last day. */
export async function sweep(work: InsightWork): Promise<boolean> {
  const { container, kept, declaration } = work.ports;
  const { rollUps, declared } = declaration;
  const hash = createHash("sha256").update(JSON.stringify({ rollUps, declared })).digest("hex");
  const found = await kept.load(container, key);
  const known = found === null ? null : (JSON.parse(Buffer.from(found.bytes).toString()) as Sweep);
  const next = known?.declaration === hash ? known.next : end;
  if (next === null) return true;
  const save = async (day: string | null): Promise<void> => {
    const state: Sweep = { declaration: hash, next: day };
    await kept.put(container, key, Buffer.from(JSON.stringify(state)));
  };
  if (known?.declaration !== hash) await withdrawGone(currentLedger, work);
  for (const day of (await daysOf(work)).filter((one) => one <= next)) {
    await save(day);
    if (!work.hasTime) return false;
    await withdrawGone(day, work);
    const { files } = await sourcesOf(day, null, work.ports);
    if (!(await work.day(day, files))) return false;
  }
  await save(null);
  return true;
}

async function withdrawGone(name: string, work: InsightWork): Promise<void> {
  const { ledgers, ports } = work;
  const { gone } = work.due(partsOf(await ledgers.of(name)));
  await withdraw(gone, { name, ledgers, ports });
}

/** Days that the lake has rows or results of, the newest first. */
async function daysOf({ ports, ledgers }: InsightWork): Promise<string[]> {
  const days = new Set(await ledgers.days());
  for (const table of await tablesOf(ports.container, ports.list)) {
    for (const day of await daysIn(ports.container, table, ports.list)) days.add(day);
  }
  return [...days].sort().reverse();
}
