/** Where codecs of other people run: a port of the core, for the sandbox itself needs threads and WebAssembly. */

/** One uplink for a codec. */
export interface CodecCall {
  /** The device; one that keeps a codec busy is not asked again within the same run. */
  readonly source: string;
  /** JSON `[bytes, fPort, recvTime]`: an array of numbers, a number, milliseconds since 1970. */
  readonly input: string;
}

/** What became of a call. */
export interface CodecOutcome {
  /**
   * - `result`: `text` is JSON of `data`, `errors` and `warnings`; see {@link readMarked}
   * - `threw`: the codec threw, did not load, returned no object, or used up its memory or stack; `text` says it
   * - `too-large`: the result has more characters than {@link maximumResult}
   * - `timeout`: it took longer than {@link codecMilliseconds}
   * - `held`: not called, because {@link maximumTimeouts} calls of the same source took too long
   */
  readonly kind: "result" | "threw" | "too-large" | "timeout" | "held";
  readonly text: string;
}

/** Runs codecs: no I/O, 32 MB, 512 KB of stack, {@link codecMilliseconds} a call, nothing kept from call to call. */
export interface CodecSandbox {
  /** Start what has to be started, without waiting for it. Throws an Error where the deployment lacks a part of it. */
  start(): void;
  /** What is wrong with a codec before its first call; null where it loads and has a `decodeUplink`. */
  check(code: string): string | null;
  /** One outcome a call, in order. Never throws, and ends in bounded time whatever the code does. */
  run(code: string, calls: readonly CodecCall[]): readonly CodecOutcome[];
}

/** Milliseconds of processor time that a call may take. */
export const codecMilliseconds = 100;

/** Characters of JSON that one uplink may become. */
export const maximumResult = 65_536;

/** Calls of one source that may take too long within a run. */
export const maximumTimeouts = 3;

/** A sandbox for where nothing is decoded. */
export const noSandbox: CodecSandbox = {
  start() {},
  check: () => null,
  run: (_, calls) => calls.map(() => ({ kind: "threw", text: "there is no sandbox here" })),
};

/** Stands before texts that begin with it themselves, and before `NaN`, `Infinity` and `-Infinity`, which JSON lacks. */
const mark = "\u0000";

/** What a `decodeUplink` returned. */
export interface CodecReturn {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly warnings?: unknown;
}

/** JSON of a sandbox with what its marks stand for. */
export function readMarked(json: string): CodecReturn {
  const value = JSON.parse(json) as CodecReturn;
  return json.includes("\\u0000") ? (unmarked(value) as CodecReturn) : value;
}

function unmarked(value: unknown): unknown {
  if (typeof value === "string" && value.startsWith(mark))
    return value[1] === mark ? value.slice(1) : Number(value.slice(1));
  if (typeof value !== "object" || value === null) return value;
  for (const [key, item] of Object.entries(value))
    Object.defineProperty(value, key, { value: unmarked(item), enumerable: true });
  return value;
}
