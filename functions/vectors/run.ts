/** Runs test vectors of one JSON form: bytes in, the values they must become, or that they must be refused. */

import { Fault } from "../core/fault.ts";
import { differs, show } from "./compare.ts";
import { readers } from "./readers.ts";

/** A vector in the form that docs/decoding.md tells. */
export interface Vector {
  readonly source: string;
  readonly format: string;
  readonly name: string;
  readonly inputHex?: string;
  readonly inputText?: string;
  /** Of a raw binary frame, or of registers. */
  readonly layout?: object;
  readonly note?: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Formats that vectors can be of. */
export const formats: readonly string[] = Object.keys(readers);

/** Null where the vector holds, else one line that says what differs. */
export function mismatch(vector: Vector): string | null {
  const { inputHex, inputText = "", expected, format } = vector;
  const read = readers[format];
  if (read === undefined) return `there is no format "${format}"; known: ${formats.join(", ")}`;
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
