/** A run of the compaction in a cloud's function. */
import { quarantineTable } from "../core/table.ts";
import type { Metrics } from "../ports.ts";
import { clearReplayed } from "./abandoned.ts";
import { compactLake, oldestMs, type Compacted, type CompactionPorts } from "./compaction.ts";

export interface CompactionPlaces {
  readonly curated: string;
  /** Nothing is merged there: what a replay left is taken away. */
  readonly quarantine: string;
}

/** @param longest milliseconds after which nothing further is begun */
export async function runCompaction(
  { curated, quarantine }: CompactionPlaces,
  longest: number,
  ports: Omit<CompactionPorts, "until">,
  metrics: Pick<Metrics, "put">,
): Promise<Compacted> {
  const until = ports.now() + longest;
  const { name } = quarantineTable;
  const inQuarantine = await clearReplayed(quarantine, name, ports.now() - oldestMs, ports).then(
    (cleared) => ({ cleared, failed: 0 }),
    (error: Error) => {
      ports.complain(`what a replay left in ${name}/ could not be taken away: ${error.message}`);
      return { cleared: 0, failed: 1 };
    },
  );
  const merged = await compactLake(curated, { ...ports, until });
  const done = {
    ...merged,
    cleared: merged.cleared + inQuarantine.cleared,
    failed: merged.failed + inQuarantine.failed,
  };
  metrics.put({
    ...{ FilesMerged: done.merged, FilesMade: done.made, RowsRepeated: done.repeats },
    ...{ FilesCleared: done.cleared, CompactionFailures: done.failed },
  });
  return done;
}
