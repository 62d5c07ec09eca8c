import { readFile } from "node:fs/promises";

/** Linux counts a process's time in hundredths of a second for user space, whatever the kernel's own clock (proc(5)). */
const ticksPerSecond = 100;

/**
 * Seconds of CPU that a process has used so far, all threads, user and system; with those of its children that have
 * ended, on demand.
 */
export async function cpuSeconds(pid: number, withChildren = false): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name is in brackets and may hold anything; fields 14 to 17 are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const counted = fields.slice(11, withChildren ? 15 : 13);
  return counted.reduce((sum, field) => sum + Number(field), 0) / ticksPerSecond;
}
