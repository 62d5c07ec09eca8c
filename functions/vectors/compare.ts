/** Expected values in the vectors' JSON form against decoded ones. */

import { narrow } from "../core/integers.ts";

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

/** What differs, in one line; null where nothing does. */
export function differs(form: unknown, actual: unknown, tolerance: number, path: string): string | null {
  const expected = special(form);
  const complaint = `${path || "value"}: expected ${show(expected)}, got ${show(actual)}`;
  if (typeof expected === "number") {
    // An integer that is written in JSON as a plain number is known to a double only.
    if (typeof actual === "bigint") return Number(actual) === expected ? null : complaint;
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

/** A decoded value in the vectors' form, cut to a line. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === "bigint") return { $bigint: String(item) };
    if (item instanceof Uint8Array) return { $hex: Buffer.from(item).toString("hex") };
    if (typeof item === "number" && (!Number.isFinite(item) || Object.is(item, -0)))
      return { $float: String(item) };
    return item;
  });
  return text === undefined ? "nothing" : text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
