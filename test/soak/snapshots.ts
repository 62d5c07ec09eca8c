/**
 * `node --import ./test/soak/snapshots.ts …`: before each step that changes a file below FIELDLAKE_WATCHED, and in the
 * middle of each write, the folder is copied to FIELDLAKE_SNAPSHOTS: what kill -9 would have left there. Works in
 * every thread; idle unless the file `armed` is in the folder of the snapshots.
 */
import { syncBuiltinESMExports } from "node:module";
import { isMainThread, threadId } from "node:worker_threads";
import fs from "node:fs";
import { basename, join } from "node:path";

const watched = process.env["FIELDLAKE_WATCHED"] ?? "";
const snapshots = process.env["FIELDLAKE_SNAPSHOTS"] ?? "";
const { existsSync, cpSync, readlinkSync } = fs;
let taken = 0;
let isCopying = false;

function snapshot(moment: string): void {
  if (isCopying || !existsSync(join(snapshots, "armed"))) return;
  isCopying = true;
  const number = String((taken += 1)).padStart(4, "0");
  const name = `${isMainThread ? "main" : `lake-${threadId}`}-${number}-${moment.replace(/[^\w.-]+/g, "_")}`;
  cpSync(watched, join(snapshots, name), { recursive: true, filter: (path) => !path.endsWith(".sock") });
  isCopying = false;
}

const isWatched = (path: unknown): path is string => typeof path === "string" && path.startsWith(watched);
const pathOf = (descriptor: number): string => readlinkSync(`/proc/self/fd/${descriptor}`);

type Call = (...args: never[]) => unknown;
type Calls = Record<string, Call>;

/** Steps that are there or not, named by their path. */
function watchSteps(holder: Calls, names: readonly string[]): void {
  for (const name of names) {
    const original = holder[name] as (...args: unknown[]) => unknown;
    holder[name] = (...args: unknown[]) => {
      if (isWatched(args[0])) snapshot(`before-${name}-${basename(args[0])}`);
      return original.apply(holder, args);
    };
  }
}

watchSteps(fs as unknown as Calls, ["renameSync", "rmSync", "unlinkSync", "mkdirSync"]);
watchSteps(fs.promises as unknown as Calls, ["rename", "rm", "unlink", "mkdir", "writeFile", "copyFile"]);

const { writeSync, ftruncateSync } = fs;
fs.writeSync = ((descriptor: number, bytes: Buffer, offset: number, length: number, position: number) => {
  if (typeof position === "number" && isWatched(pathOf(descriptor))) {
    const what = `write-${basename(pathOf(descriptor))}`;
    snapshot(`before-${what}`);
    writeSync(descriptor, bytes, offset, length >> 1, position);
    snapshot(`half-${what}`);
  }
  return writeSync(descriptor, bytes, offset, length, position);
}) as typeof fs.writeSync;
fs.ftruncateSync = (descriptor, length) => {
  snapshot(`before-truncate-${basename(pathOf(descriptor))}`);
  ftruncateSync(descriptor, length);
};

const handle = await fs.promises.open(process.execPath);
const prototype = Object.getPrototypeOf(handle) as {
  fd: number;
  writev(buffers: Buffer[], position: number): Promise<unknown>;
};
await handle.close();
const { writev } = prototype;
prototype.writev = async function (buffers, position) {
  if (typeof position !== "number" || !isWatched(pathOf(this.fd)))
    return writev.call(this, buffers, position);
  const what = `append-${basename(pathOf(this.fd))}`;
  snapshot(`before-${what}`);
  const all = Buffer.concat(buffers);
  await writev.call(this, [all.subarray(0, all.length >> 1)], position);
  snapshot(`half-${what}`);
  return writev.call(this, buffers, position);
};
syncBuiltinESMExports();
