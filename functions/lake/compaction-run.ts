/** A run of the compaction in a cloud's function. */
import type { Metrics } from "../ports.ts";
import { compactLake, type Compacted, type CompactionPorts } from "./compaction.ts";

/** @param longest milliseconds after which nothing further is begun */
export async function runCompaction(
  container: string,
  longest: number,
  ports: Omit<CompactionPorts, "until">,
  metrics: Pick<Metrics, "put">,
): Promise<Compacted> {
  const done = await compactLake(container, { ...ports, until: ports.now() + longest });
  metrics.put({
    ...{ FilesMerged: done.merged, FilesMade: done.made, RowsRepeated: done.repeats },
    ...{ FilesCleared: done.cleared, CompactionFailures: done.failed },
  });
  return done;
}
