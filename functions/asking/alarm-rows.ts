/** The alarms of an environment as rows of the table `alarms`. */
import { Memo } from "../../site/console/memo.ts";
import { alarmRow, type AlarmRow } from "../alarms/alarms-table.ts";
import type { CloudBook } from "../alarms/cloud-book.ts";

/** The newest; more than a book has whose rules are of use to anybody. */
const mostAlarms = 20_000;
/** Milliseconds. */
const keptMs = 2_000;

/** @param now milliseconds since 1970 */
export function alarmRows(
  book: Pick<CloudBook, "list">,
  now: () => number,
): () => Promise<readonly AlarmRow[]> {
  const kept = new Memo<readonly AlarmRow[]>(keptMs, 1, now);
  return () =>
    kept.get("", async () => {
      const { alarms, silences } = await book.list({ state: "all", limit: mostAlarms });
      return alarms.map((alarm) => alarmRow(alarm, silences));
    });
}
