/** What is said of now: who is late, and what comes. */
import { currentMoment, isCurrent, looksBackOf } from "../declared-insights/units.ts";
import { dayMicros } from "./days.ts";
import { currentLedger, partsOf } from "./ledger.ts";
import type { InsightWork } from "./work.ts";

/** False where time ran out before all were worked out. */
export async function workCurrent(work: InsightWork): Promise<boolean> {
  const { ledgers, ports } = work;
  const ledger = await ledgers.of(currentLedger);
  for (const insight of ports.declaration.declared.filter(isCurrent)) {
    const now = ports.now() * 1_000;
    const moment = currentMoment(insight, now);
    const known = [ledger.units[moment.unit]?.basis, ledger.failed[moment.unit]?.basis];
    if (known.includes(moment.basis)) continue;
    if (!work.hasTimeForNow) return false;
    const files = await work.before(now + dayMicros, looksBackOf(insight) + dayMicros);
    const unit = work.due([...files, ...partsOf(ledger)]).units.find((one) => one.unit === moment.unit);
    if (unit !== undefined) await work.work(currentLedger, unit);
  }
  return true;
}
