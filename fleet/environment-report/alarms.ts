/** Alarms of a report: those that last, and those of the last days that are over. */
import type { AlarmList, ListedAlarm } from "../../functions/alarms/alarm.ts";
import { count } from "../render/units.ts";
import { moment, table, type Cell, type ReportTable } from "./tables.ts";

/** Open alarms that a report lists, and alarms that it looks through for those that ended. */
export const mostAlarms = 100;
const dayMs = 86_400_000;

export type AskAlarms = (request: {
  readonly state: "open" | "all";
  readonly limit: number;
}) => Promise<Pick<AlarmList, "alarms" | "matching">>;

export interface AlarmFacts {
  /** The newest first, at most {@link mostAlarms}. */
  readonly open: Pick<AlarmList, "alarms" | "matching">;
  /** Raised within the days, the newest first; among the newest {@link mostAlarms} of all. */
  readonly ended: readonly ListedAlarm[];
}

export async function alarmFacts(ask: AskAlarms, days: number, now: number): Promise<AlarmFacts> {
  const since = (now - days * dayMs) * 1000;
  const open = await ask({ state: "open", limit: mostAlarms });
  const { alarms } = await ask({ state: "all", limit: mostAlarms });
  return {
    open,
    ended: alarms.filter(({ clearedAt, raisedAt }) => clearedAt !== null && raisedAt >= since),
  };
}

/** @param facts null where nobody looks after alarms */
export function alarmTables(facts: AlarmFacts | null, days: number): ReportTable[] {
  const titles = ["raised", "severity", "device", "what", "acknowledged by"];
  if (facts === null) return [table(titles, [], "nobody looks after alarms")];
  const { alarms, matching } = facts.open;
  const note = matching > mostAlarms ? `The newest ${mostAlarms} of ${count(matching)}.` : null;
  const ended = facts.ended.map((alarm) => [...cellsOf(alarm), moment(alarm.clearedAt)]);
  return [
    { ...table(titles, alarms.map(cellsOf), "none is open"), note },
    { ...table([...titles, "over since"], ended, "none"), title: `Raised within ${days} days and over` },
  ];
}

const cellsOf = ({ raisedAt, severity, device, sub, rule, detail, acknowledged }: ListedAlarm): Cell[] => [
  ...[moment(raisedAt), severity, sub === null ? device : `${device} ${sub}`, `${rule}: ${detail}`],
  acknowledged?.by ?? "",
];
