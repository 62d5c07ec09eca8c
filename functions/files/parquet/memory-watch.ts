/** Ends the process that reads a Parquet file where it takes too much memory, of whatever kind, or nobody waits for it. */
import { workerData } from "node:worker_threads";

export interface MemoryWatchData {
  /** Of the whole process. */
  readonly mostBytes: number;
  /** The process that waits. */
  readonly parent: number;
}

const intervalMs = 25;
const { mostBytes, parent } = workerData as MemoryWatchData;
// Its other thread may be in a loop that ends never, which hears nothing.
setInterval(() => {
  if (process.memoryUsage.rss() > mostBytes || process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, intervalMs);
