/** JSON (RFC 8259) read strictly, with integers kept exact where a caller needs them. */

import { Fault } from "./fault.ts";

/** Parse JSON text. Throws a {@link Fault}. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw new Fault("not-well-formed", thrown instanceof Error ? thrown.message : "no JSON");
  }
}

/** Parse JSON text with integers beyond 2^53-1 as bigint; several times slower than {@link parseJson}. */
export function parseJsonExactly(text: string): unknown {
  // The third argument, the source text of a number, is in ECMAScript but not yet in TypeScript's library.
  const exact = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
      ? BigInt(context!.source!)
      : value;
  try {
    return JSON.parse(text, exact as (key: string, value: unknown) => unknown) as unknown;
  } catch (thrown) {
    throw new Fault("not-well-formed", thrown instanceof Error ? thrown.message : "no JSON");
  }
}
