/** Runs test vectors of one JSON form: bytes in, the values they must become, or that they must be refused. */

import { CborMap, CborSimple, CborTag, readCbor, type CborValue } from "../../functions/core/cbor.ts";
import { narrow } from "../../functions/core/cbor-values.ts";
import { Fault } from "../../functions/core/fault.ts";
import { readCayenneLpp } from "../../functions/core/formats/cayenne-lpp.ts";
import type { FrameLayout } from "../../functions/core/formats/raw-binary-layout.ts";
import { readFrame } from "../../functions/core/formats/raw-binary.ts";
import { readSenmlCbor } from "../../functions/core/formats/senml-cbor.ts";
import { readSenmlJson } from "../../functions/core/formats/senml-json.ts";
import type { SenmlPack } from "../../functions/core/formats/senml-resolve.ts";

export interface Vector {
  readonly source: string;
  readonly format: string;
  readonly name: string;
  readonly inputHex?: string;
  readonly inputText?: string;
  readonly layout?: FrameLayout;
  readonly note?: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** What a vector's bytes are by our decoder, in the form of `expected`. */
const readers: Readonly<
  Record<string, (bytes: Uint8Array, vector: Vector) => Readonly<Record<string, unknown>>>
> = {
  "senml-json": (bytes) => ({ records: senml(readSenmlJson(bytes)) }),
  "senml-cbor": (bytes) => ({ records: senml(readSenmlCbor(bytes)) }),
  // The name of a type is no part of the frame.
  "cayenne-lpp": (bytes) => ({ values: readCayenneLpp(bytes) }),
  "raw-binary": (bytes, { layout }) => ({ fields: Object.fromEntries(readFrame(layout!, bytes)) }),
  cbor: (bytes) => ({ value: jsonOfCbor(readCbor(bytes)) }),
};

export const formats = Object.keys(readers);

/** Null where the vector holds, else one line that says what differs. */
export function mismatch(vector: Vector): string | null {
  const { inputHex, inputText = "", expected } = vector;
  const bytes =
    inputHex === undefined
      ? new TextEncoder().encode(inputText)
      : Uint8Array.from(Buffer.from(inputHex, "hex"));
  let actual: Readonly<Record<string, unknown>>;
  try {
    actual = readers[vector.format]!(bytes, vector);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return "error" in expected ? null : `refused: ${thrown.detail}`;
  }
  if ("error" in expected)
    return `must be refused (${String(expected["error"])}), was read as ${show(actual)}`;
  const tolerance = JSON.stringify(vector.layout ?? "").includes('"f32"') ? 1e-6 : 1e-9;
  return differs(dropNames(expected), actual, tolerance, "") ?? null;
}

/** Resolved records in the vectors' form. A record that had to be left out counts as a refusal. */
function senml({ records, problems }: SenmlPack): Record<string, unknown>[] {
  if (problems.length > 0) throw problems[0];
  return records.map(({ name, unit, kind, value, sum, time, relative, updateTime }) => ({
    n: name,
    ...(unit === null ? {} : { u: unit }),
    ...(relative ? { tRelative: time } : { t: time }),
    ...(kind === "none" ? {} : { [kind]: value }),
    ...(sum === null ? {} : { s: sum }),
    ...(updateTime === null ? {} : { ut: updateTime }),
  }));
}

function jsonOfCbor(value: CborValue): unknown {
  if (value === undefined) return { $undefined: true };
  if (Array.isArray(value)) return value.map(jsonOfCbor);
  if (value instanceof CborSimple) return { $simple: value.number };
  if (value instanceof CborTag) return { $tag: value.tag, value: jsonOfCbor(value.value) };
  if (!(value instanceof CborMap)) return value;
  const entries = value.entries.map(([key, item]): [unknown, unknown] => [jsonOfCbor(key), jsonOfCbor(item)]);
  return entries.every(([key]) => typeof key === "string")
    ? Object.fromEntries(entries as [string, unknown][])
    : { $map: entries };
}

function dropNames(expected: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const values = expected["values"];
  if (!Array.isArray(values)) return expected;
  return {
    values: values.map(({ channel, type, value }: Record<string, unknown>) => ({ channel, type, value })),
  };
}

/** The value that a special form of the vectors stands for. */
function special(expected: unknown): unknown {
  if (typeof expected !== "object" || expected === null) return expected;
  const form = expected as Readonly<Record<string, unknown>>;
  if ("$bigint" in form) return BigInt(String(form["$bigint"]));
  if ("$float" in form) return Number(form["$float"]);
  // A bignum (RFC 8949 section 3.4.3) may be written as the integer it is, or as its tag and bytes.
  if ((form["$tag"] === 2 || form["$tag"] === 3) && typeof form["value"] === "object") {
    const magnitude = BigInt(`0x0${String((form["value"] as Record<string, unknown>)["$hex"])}`);
    return narrow(form["$tag"] === 2 ? magnitude : -1n - magnitude);
  }
  if ("$hex" in form) return Uint8Array.from(Buffer.from(String(form["$hex"]), "hex"));
  return expected;
}

function differs(form: unknown, actual: unknown, tolerance: number, path: string): string | null {
  const expected = special(form);
  const complaint = `${path || "value"}: expected ${show(expected)}, got ${show(actual)}`;
  if (typeof expected === "number") {
    if (typeof actual !== "number") return complaint;
    if (Object.is(expected, actual)) return null;
    if (Object.is(expected, -0) || !Number.isFinite(expected)) return complaint;
    return Math.abs(expected - actual) <= tolerance * Math.max(Math.abs(expected), Number.MIN_VALUE)
      ? null
      : complaint;
  }
  if (typeof expected !== "object" || expected === null) return expected === actual ? null : complaint;
  if (expected instanceof Uint8Array) {
    return actual instanceof Uint8Array && Buffer.compare(expected, actual) === 0 ? null : complaint;
  }
  if (typeof actual !== "object" || actual === null || Array.isArray(expected) !== Array.isArray(actual))
    return complaint;
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  for (const key of keys) {
    if (!Object.hasOwn(expected, key) || !Object.hasOwn(actual, key)) return `${complaint} (${path}.${key})`;
    const inner = differs(
      (expected as Record<string, unknown>)[key],
      (actual as Record<string, unknown>)[key],
      tolerance,
      `${path}.${key}`,
    );
    if (inner !== null) return inner;
  }
  return null;
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === "bigint") return { $bigint: String(item) };
    if (item instanceof Uint8Array) return { $hex: Buffer.from(item).toString("hex") };
    if (typeof item === "number" && (!Number.isFinite(item) || Object.is(item, -0)))
      return { $float: String(item) };
    return item;
  });
  return text === undefined ? "nothing" : text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
