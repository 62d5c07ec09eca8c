/** Runs test vectors of one JSON form: bytes in, the values they must become, or that they must be refused. */

import { Fault } from "../core/fault.ts";
import { differs, show } from "./compare.ts";
import { readers } from "./readers.ts";
import { codecOf, readTs013Vector, type CodecTexts } from "./ts013.ts";

/** A vector in the form that docs/decoding.md tells. */
export interface Vector {
  readonly source: string;
  readonly format: string;
  readonly name: string;
  readonly inputHex?: string;
  readonly inputText?: string;
  /** Of a raw binary frame, or of registers. */
  readonly layout?: object;
  /** Of a TS013 uplink. */
  readonly fPort?: number;
  readonly codec?: {
    readonly repository: string;
    readonly commit: string;
    readonly path: string;
    /** Of the file, in hexadecimal digits. */
    readonly sha256: string;
  };
  readonly note?: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Formats that vectors can be of. */
export const formats: readonly string[] = [...Object.keys(readers), "ts013"];

/** Whether a vector can be run: its format is known, and its codec at hand where it has one. */
export const isRunnable = (vector: Vector, codecs: CodecTexts): boolean =>
  vector.format === "ts013" ? codecOf(vector, codecs) !== null : formats.includes(vector.format);

/** Null where the vector holds, else one line that says what differs. */
export function mismatch(vector: Vector, codecs: CodecTexts = new Map()): string | null {
  const { inputHex, inputText = "", expected, format } = vector;
  const code = format === "ts013" ? codecOf(vector, codecs) : null;
  const read = code === null ? readers[format] : (given: Uint8Array) => readTs013Vector(given, vector, code);
  if (read === undefined)
    return format === "ts013"
      ? `codec ${vector.codec?.path} with the hash ${vector.codec?.sha256} is not at hand`
      : `there is no format "${format}"; known: ${formats.join(", ")}`;
  const bytes =
    inputHex === undefined
      ? new TextEncoder().encode(inputText)
      : Uint8Array.from(Buffer.from(inputHex, "hex"));
  let actual: Readonly<Record<string, unknown>>;
  try {
    actual = read(bytes, vector);
  } catch (thrown) {
    if (thrown instanceof Fault) return "error" in expected ? null : `refused: ${thrown.detail}`;
    return `the decoder threw ${String(thrown)}`;
  }
  if ("error" in expected)
    return `must be refused (${String(expected["error"])}), was read as ${show(actual)}`;
  return differs(dropNames(expected), actual, toleranceOf(vector), "");
}

/** Relative; a 32-bit float has fewer digits than its value was written with. */
function toleranceOf({ layout, expected }: Vector): number {
  return /"(f32|float32|Float|FloatArray)"/.test(JSON.stringify([layout ?? "", expected])) ? 1e-6 : 1e-9;
}

/** The name of a Cayenne LPP type is no part of the frame. */
function dropNames(expected: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const values = expected["values"];
  if (!Array.isArray(values)) return expected;
  return {
    values: values.map(({ channel, type, value }: Record<string, unknown>) => ({ channel, type, value })),
  };
}
