/** Golden vectors of a profile: payloads with the rows that they must become, in `vectors.json` beside `profile.json`. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createDecoder } from "../functions/core/decoder.ts";
import type { Decoded, FrameRow, Lane, Message, Reading } from "../functions/core/model.ts";
import { parseIsoTime } from "../functions/core/normalise/iso-time.ts";
import type { Profile } from "../functions/core/profiles/profile.ts";
import { fromHex, toHex } from "../functions/core/text.ts";
import { nodePorts } from "../functions/platform.ts";

/** One payload and what it must become. */
export interface GoldenVector {
  readonly name: string;
  /** Why the expectation is right, or where the payload comes from. */
  readonly note?: string;
  readonly payloadHex?: string;
  readonly payloadText?: string;
  /** Payloads before it, as hexadecimal digits, for formats that remember. */
  readonly before?: readonly { readonly channel?: string; readonly payloadHex: string }[];
  /** Topic below the device's root. Default `telemetry`. */
  readonly channel?: string;
  /** RFC 3339. */
  readonly receivedAt: string;
  readonly lane?: Lane;
  readonly expected: ShortDecoded;
}

type Short = Readonly<Record<string, unknown>>;

/** What a message became, without what every row of it shares. */
export interface ShortDecoded {
  readonly readings?: readonly Short[];
  readonly frames?: readonly Short[];
  /** Reasons, joined by commas. */
  readonly quarantined?: string;
}

/** The device that vectors are of. */
export const vectorDevice = "dev-1";

/** A reading in a vector's form. 64-bit integers beyond 2^53-1 have an n behind their digits, bytes are in hexadecimal. */
export function shortReading(row: Reading): Short {
  const exact = typeof row.valueInt === "bigint" ? `${row.valueInt}n` : row.valueInt;
  const bytes = row.valueBytes === null ? null : toHex(row.valueBytes);
  const values = [row.valueDouble, exact, row.valueBool, row.valueText, bytes];
  return {
    metric: row.metric,
    value: values.find((value) => value !== null) ?? null,
    ...(row.unit === null ? {} : { unit: row.unit }),
    ...(row.subDevice === null ? {} : { subDevice: row.subDevice }),
    ts: isoMilliseconds(row.ts),
    ...(row.seq === null ? {} : { seq: typeof row.seq === "bigint" ? `${row.seq}n` : row.seq }),
    ...judged(row),
  };
}

function shortFrame(row: FrameRow): Short {
  return {
    values: row.values,
    ts: isoMilliseconds(row.ts),
    ...(row.seq === null ? {} : { seq: typeof row.seq === "bigint" ? `${row.seq}n` : row.seq }),
    ...judged(row),
  };
}

const isoMilliseconds = (micros: number): string => new Date(micros / 1_000).toISOString();

const judged = ({ quality, flags }: Reading | FrameRow): Short => ({
  ...(quality === 0 ? {} : { quality }),
  ...(flags === 0 ? {} : { flags }),
});

export function shortDecoded({ readings, frames, quarantined }: Decoded): ShortDecoded {
  return {
    ...(readings.length === 0 ? {} : { readings: readings.map(shortReading) }),
    ...(frames.length === 0 ? {} : { frames: frames.map(shortFrame) }),
    ...(quarantined.length === 0 ? {} : { quarantined: quarantined.map(({ reason }) => reason).join() }),
  };
}

/** What a vector's payload becomes by a profile. Throws an Error for a vector that is none. */
export function runVector(profile: Profile, vector: GoldenVector): Decoded {
  const { payloadHex, payloadText, receivedAt, lane = "live", channel = "telemetry", before = [] } = vector;
  const arrival = parseIsoTime(receivedAt, null);
  if (arrival === null) throw new Error(`receivedAt "${receivedAt}" is no RFC 3339 time`);
  const messageOf = (payload: Uint8Array, place: number, on: string): Message => ({
    tenant: "vectors",
    deviceId: vectorDevice,
    channel: on,
    payload,
    receivedAt: arrival.micros,
    position: `vector:${place}`,
    lane,
  });
  const bytesOf = (hex: string): Uint8Array => {
    const bytes = fromHex(hex.replaceAll(" ", ""));
    if (bytes === null) throw new Error(`"${hex.slice(0, 40)}" is not hex digits`);
    return bytes;
  };
  const bindings = [{ devices: "*", channel: "*", profile: profile.name }];
  const decoder = createDecoder([profile], bindings, nodePorts);
  decoder.decode(
    before.map(({ channel: on = channel, payloadHex: hex }, index) => messageOf(bytesOf(hex), index, on)),
  );
  const payload =
    payloadHex === undefined ? new TextEncoder().encode(payloadText ?? "") : bytesOf(payloadHex);
  return decoder.decode([messageOf(payload, before.length, channel)]);
}

/** What differs between a vector's expectation and what its payload becomes, in one line; null where nothing does. */
export function vectorMismatch(profile: Profile, vector: GoldenVector): string | null {
  let actual: ShortDecoded;
  try {
    actual = shortDecoded(runVector(profile, vector));
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  return difference(vector.expected, JSON.parse(JSON.stringify(actual)) as unknown, "");
}

function difference(expected: unknown, actual: unknown, path: string): string | null {
  if (Object.is(expected, actual)) return null;
  const complaint = `${path || "vector"}: expected ${shown(expected)}, got ${shown(actual)}`;
  if (typeof expected !== "object" || expected === null || typeof actual !== "object" || actual === null)
    return complaint;
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const inner = difference(
      (expected as Record<string, unknown>)[key],
      (actual as Record<string, unknown>)[key],
      path === "" ? key : `${path}.${key}`,
    );
    if (inner !== null) return inner;
  }
  return null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** The vectors of a folder. Throws an Error that names the file for what are none. */
export async function readVectors(folder: string, source: string): Promise<GoldenVector[]> {
  let data: unknown;
  try {
    data = JSON.parse(await readFile(join(folder, "vectors.json"), "utf8"));
  } catch (thrown) {
    throw new Error(`${source} can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  const isVector = (one: unknown): boolean => {
    const { name, expected, receivedAt } = (one ?? {}) as Partial<GoldenVector>;
    return typeof name === "string" && typeof receivedAt === "string" && typeof expected === "object";
  };
  if (!Array.isArray(data) || !data.every(isVector))
    throw new Error(`${source}: allowed: an array of vectors with name, receivedAt and expected`);
  return data as GoldenVector[];
}
