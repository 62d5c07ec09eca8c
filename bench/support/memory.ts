import { readFile } from "node:fs/promises";

/** Peak resident memory of a process in bytes (VmHWM, Linux); 0 where it can't be told. */
export async function peakMemory(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}
