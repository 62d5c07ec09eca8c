/**
 * Codecs that whoever deploys has read and named by their hash: they run as code of ours, many times faster, with nothing
 * to stop them. What they return is taken as a sandbox would hand it over.
 */

import { Fault } from "../fault.ts";
import type { CodecResult } from "./ts013-result.ts";
import { readResult } from "./ts013-result.ts";
import type { Uplink } from "./ts013-uplink.ts";

type Decode = (input: { bytes: number[]; fPort: number; recvTime: Date; variables: object }) => unknown;

/** Levels of objects in a result. */
const maximumDepth = 64;

/** Throws an Error for code that does not load or has no `decodeUplink`. */
export function trustedCodec(code: string): (uplink: Uplink, receivedMs: number) => CodecResult {
  // Variables of the codec are made anew for each uplink, as in the sandbox; strict code has no others.
  const load = new Function(
    `"use strict";${code}\n;return typeof decodeUplink === "function" ? decodeUplink : undefined;`,
  ) as () => Decode | undefined;
  if (load() === undefined) throw new Error("the codec has no function decodeUplink");
  return ({ bytes, fPort }, receivedMs) => {
    const given = load()!({ bytes: Array.from(bytes), fPort, recvTime: new Date(receivedMs), variables: {} });
    if (typeof given !== "object" || given === null)
      throw new Fault("schema", "the codec returned no object");
    const { data, errors, warnings } = given as Record<string, unknown>;
    return readResult({ data: plain(data, 0), errors: plain(errors, 0), warnings: plain(warnings, 0) });
  };
}

/** A value with what JSON has of it, and numbers as they are. */
function plain(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") throw new Fault("codec-threw", "TypeError: a BigInt in the result");
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  // JSON has no minus zero.
  if (typeof value !== "object" || value === null) return value === 0 ? 0 : value;
  if (depth > maximumDepth) throw new Fault("codec-threw", `the result has more than ${maximumDepth} levels`);
  if (value instanceof Date) return value.toJSON();
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1) ?? null);
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(value)) {
    const item = plain((value as Record<string, unknown>)[key], depth + 1);
    if (item !== undefined) out[key] = item;
  }
  return out;
}
