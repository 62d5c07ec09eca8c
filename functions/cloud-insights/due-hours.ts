/** Hours that files have landed for: marks that whoever hears of a file leaves, so that nobody has to look at the whole lake. */
import { createHash } from "node:crypto";
import { dueFolder } from "../agreements.ts";
import { grace } from "../declared-insights/units.ts";
import type { ObjectStore } from "../ports.ts";
import { inTurns } from "../adapters/in-turns.ts";
import { dayMicros, hourMicros, startOf } from "./days.ts";
import { atOnce, type InsightPorts } from "./ports.ts";

/** Says that the hour of a file is due. Nothing where its key is of no hour. @param key `readings/dt=2026-11-21/hr=07/….parquet` */
export async function markDue(objects: ObjectStore, container: string, key: string): Promise<void> {
  const [, day, hour] = /\/dt=(\d{4}-\d\d-\d\d)\/hr=(\d\d)\//.exec(key) ?? [];
  if (day === undefined) return;
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  await objects.create(container, `${dueFolder}/${day}T${hour}/${name}`, Buffer.from(key));
}

/** Days that have marks, the newest first. */
export async function dueDays({ list, container }: InsightPorts): Promise<string[]> {
  const { folders } = await list.level(container, `${dueFolder}/`);
  const days = folders.flatMap((folder) => /(\d{4}-\d\d-\d\d)T\d\d\/$/.exec(folder)?.[1] ?? []);
  return [...new Set(days)].sort().reverse();
}

export interface DueHours {
  /** `2026-11-21T07` */
  readonly hours: ReadonlySet<string>;
  /**
   * Takes away the marks that were there, of hours that are over: what is declared judges no hour before.
   * @param unsettled hours that have to stay due
   */
  clear(unsettled: ReadonlySet<string>): Promise<void>;
}

/** The marks of a day as they are now; those that come later stay. */
export async function dueHours(
  day: string,
  { list, container, removal, now }: InsightPorts,
): Promise<DueHours> {
  const marks = (await list.all(container, `${dueFolder}/${day}T`)).map(({ key }) => key);
  const hourOf = (mark: string): string => mark.slice(dueFolder.length + 1).split("/")[0] ?? "";
  return {
    hours: new Set(marks.map(hourOf)),
    async clear(unsettled) {
      const at = now() * 1_000;
      const isSettled = (mark: string): boolean => {
        if (unsettled.has(hourOf(mark))) return false;
        const from = startOf(day) + Number(hourOf(mark).slice(-2)) * hourMicros;
        // A clock that is a day ahead would have its hour looked at until that day.
        return from + hourMicros + grace <= at || from > at + dayMicros;
      };
      const settled = marks.filter(isSettled);
      await inTurns(
        settled.map((mark) => () => removal.remove(container, mark)),
        atOnce,
      );
    },
  };
}
