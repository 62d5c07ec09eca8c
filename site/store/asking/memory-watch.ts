/** A thread that ends its whole process where that takes too much memory: the process's own thread may be stuck in a function. */
import { workerData } from "node:worker_threads";

export interface MemoryWatchData {
  /** Its first entry is not 0 while there is something to watch. */
  readonly busy: Int32Array;
  /** Bytes of memory of the process. */
  readonly mostBytes: number;
}

/** Milliseconds between two looks: a process fills some tens of megabytes meanwhile. */
const lookMs = 15;

const { busy, mostBytes } = workerData as MemoryWatchData;
for (;;) {
  Atomics.wait(busy, 0, 0);
  if (process.memoryUsage.rss() > mostBytes) process.kill(process.pid, "SIGKILL");
  Atomics.wait(busy, 0, 1, lookMs);
}
