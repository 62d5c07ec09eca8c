/** Hours that a replay leaves without rows: their results go, and what rested on these alone. */
import { emptiedUnits } from "../declared-insights/units.ts";
import { withdraw } from "./commit.ts";
import { startOf, hourMicros } from "./days.ts";
import { partsOf } from "./ledger.ts";
import type { Sources } from "./sources.ts";
import type { InsightWork } from "./work.ts";

/** @param due hours that are to be looked at, `2026-11-21T07` */
export async function withdrawEmptied(
  day: string,
  due: ReadonlySet<string>,
  { there, unsettled }: Pick<Sources, "there" | "unsettled">,
  { ports, ledgers, oldest }: InsightWork,
): Promise<void> {
  const empty = [...due].filter(
    (hour) =>
      !there.has(hour) &&
      !unsettled.has(hour) &&
      startOf(day) + Number(hour.slice(-2)) * hourMicros >= oldest,
  );
  if (empty.length === 0) return;
  const at = { name: day, ledgers, ports };
  const { units, touched } = await ledgers.of(day);
  const hours = empty.map((hour) => `hour/${hour}`);
  await withdraw(
    hours.filter((unit) => unit in units || unit in touched),
    at,
  );
  // A day goes with its last hour, and what is declared of it with the day.
  for (;;) {
    const left = partsOf(await ledgers.of(day));
    const gone = emptiedUnits(left, ports.declaration, ports.now() * 1_000, oldest);
    const daily = gone.filter((unit) => unit.endsWith(`/${day}`));
    if (daily.length === 0) return;
    await withdraw(daily, at);
  }
}
