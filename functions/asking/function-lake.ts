/** The lake as a function of 2 GB asks it, whatever the cloud. */
import type { LakeReading } from "../lake/day-files.ts";
import { CloudLake, type CloudLakeArgs } from "./cloud-lake.ts";

/**
 * Of disk, beside what does not fit into memory; and of a question, whose gateway waits for 29 s: files are brought and answers
 * are put away in what is left of it.
 */
export const functionLimits = {
  scan: { files: 2_000, bytes: 512 * 2 ** 20 },
  cacheBytes: 1_024 * 2 ** 20,
  most: { milliseconds: 18_000, exportBytes: 128 * 2 ** 20 },
  engine: { memory: "768MB", threads: 2 },
} as const;

export interface FunctionLakeArgs extends LakeReading {
  readonly containers: readonly string[];
  readonly tenant: string;
  /** Of this instance alone; it is emptied first. */
  readonly folder: string;
  /** Where there is less disk than {@link functionLimits} take. */
  readonly scan?: CloudLakeArgs["scan"];
  readonly cacheBytes?: number;
}

export function functionLake({ folder, ...args }: FunctionLakeArgs): CloudLake {
  const engine = { ...functionLimits.engine, folder };
  return new CloudLake({ ...functionLimits, ...args, engine, now: Date.now });
}
