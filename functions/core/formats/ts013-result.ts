/** What a codec returned: what it decoded, or why it could not, in the terms of the core. */

import { Fault, shown } from "../fault.ts";
import { readMarked, type CodecOutcome, type CodecReturn } from "./codec-sandbox.ts";

/** `data`, `errors` and `warnings` of LoRaWAN Payload Codec API (TS013). */
export interface CodecResult {
  readonly data: object;
  readonly warnings: readonly string[];
}

/** Warnings of one uplink that are passed on, and characters of each. */
const maximumWarnings = 16;
const maximumWarning = 200;

const reasons = {
  threw: "codec-threw",
  timeout: "codec-timeout",
  held: "codec-timeout",
  "too-large": "too-large",
} as const;

/** Throws a Fault for an uplink that the codec could not decode. */
export function resultOf({ kind, text }: CodecOutcome): CodecResult {
  if (kind !== "result") throw new Fault(reasons[kind], text);
  return readResult(readMarked(text));
}

/** Throws a Fault for what says that it is no decoded uplink. */
export function readResult({ data, errors, warnings }: CodecReturn): CodecResult {
  const said = texts(errors);
  if (said.length > 0) throw new Fault("codec-errors", said.join("; "));
  if (typeof data !== "object" || data === null || Array.isArray(data))
    throw new Fault("schema", `the codec's data is ${shown(data ?? "missing")}, allowed: an object`);
  return { data, warnings: texts(warnings) };
}

/** TS013 has arrays of texts; codecs also return one text, or anything at all. */
function texts(given: unknown): string[] {
  if (given === null || given === undefined || given === "" || given === false) return [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list
    .slice(0, maximumWarnings)
    .map((item) => (typeof item === "string" ? item : (JSON.stringify(item) ?? "")).slice(0, maximumWarning));
}
