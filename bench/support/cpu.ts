import { readFile } from "node:fs/promises";

/** Linux counts a process's time in hundredths of a second for user space, whatever the kernel's own clock (proc(5)). */
const ticksPerSecond = 100;

/** Seconds of CPU that a process has used so far, all threads, user and system. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name is in brackets and may hold anything; fields 14 and 15 are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
