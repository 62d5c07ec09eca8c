/** Where a change of the lake made samples of frames say something else. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { together } from "../../functions/scoring/stretches.ts";
import type { ChangedFrames } from "./manifest.ts";

/** What the queries of {@link changedFrames} have, and `said` behind them: a hash of what a sample says. */
export const ofSample = "o.device_id, o.lane, o.ts";

/** Microseconds: what is not further apart counts as one stretch. */
const apart = 60_000_000;

/**
 * @param tables that changed; those of no frames are left out
 * @param selects of a table, queries of its rows before and after
 */
export async function changedFrames(
  tables: readonly string[],
  selects: (table: string) => readonly [before: readonly string[], after: readonly string[]],
  main: DuckDBConnection,
): Promise<readonly ChangedFrames[]> {
  const changed: ChangedFrames[] = [];
  for (const table of tables.filter((name) => name.startsWith("frames_"))) {
    const [before, after] = selects(table).map((parts) => [...parts, nothing].join(" UNION ALL "));
    const reader = await main.runAndReadAll(
      `WITH before AS (${before}), after AS (${after})
       SELECT device_id, bool_and(lane = 'offline'), epoch_us(min(ts))::DOUBLE, epoch_us(max(ts))::DOUBLE
       FROM ((FROM before EXCEPT ALL FROM after) UNION ALL (FROM after EXCEPT ALL FROM before))
       GROUP BY device_id, time_bucket(INTERVAL 1 MINUTE, ts)`,
    );
    const stretches = reader.getRows().map(([device, isOffline, from, to]) => ({
      ...{ device: String(device), isOffline: isOffline === true, from: Number(from), to: Number(to) },
    }));
    changed.push(...together(stretches, apart).map((stretch) => ({ table, ...stretch })));
  }
  return changed;
}

const nothing =
  "SELECT NULL::VARCHAR AS device_id, NULL::VARCHAR AS lane, NULL::TIMESTAMPTZ AS ts, 0::UBIGINT AS said WHERE false";
