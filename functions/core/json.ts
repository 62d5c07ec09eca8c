/**
 * JSON (RFC 8259) read strictly: names that come twice, endless nesting and integers that a double would round are
 * noticed, which JSON.parse alone does not.
 */

import { Fault, shown } from "./fault.ts";

/** Levels of objects and arrays in one message. */
export const maximumDepth = 64;

/** Any JSON value; an integer beyond 2^53-1 is a bigint. Objects may have any own key: read them by `Object.hasOwn`. */
export type JsonValue =
  number | bigint | string | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Parse JSON text. Throws a {@link Fault}. */
export function readJson(text: string): JsonValue {
  const value = parse(text);
  const seen = new Inspection();
  seen.visit(value, 0);
  if (seen.texts !== textTokens(text)) refuseRepeatedName(text);
  // Only a number that lost digits is worth reading again.
  return seen.isWide ? parse(text, exactInteger) : value;
}

function parse(text: string, revive?: (key: string, value: unknown) => unknown): JsonValue {
  try {
    return JSON.parse(text, revive) as JsonValue;
  } catch (thrown) {
    throw new Fault("not-well-formed", thrown instanceof Error ? thrown.message : "no JSON");
  }
}

/** The third argument, the source text of a number, is in ECMAScript but not yet in TypeScript's library. */
function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
    ? BigInt(context!.source!)
    : value;
}

/** Counts what a value is made of. */
class Inspection {
  /** Names and text values. */
  texts = 0;
  /** Whether a number is an integer that a double may have rounded. */
  isWide = false;

  visit(value: JsonValue, depth: number): void {
    if (typeof value === "string") {
      this.texts++;
    } else if (typeof value === "number") {
      if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) this.isWide = true;
    } else if (typeof value === "object" && value !== null) {
      if (depth === maximumDepth) throw new Fault("schema", `nested deeper than ${maximumDepth}`);
      if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index++) this.visit(value[index] as JsonValue, depth + 1);
      } else {
        // What JSON.parse makes has no inherited names but those of Object, which are not enumerable.
        for (const key in value) {
          this.texts++;
          this.visit((value as Record<string, JsonValue>)[key]!, depth + 1);
        }
      }
    }
  }
}

/** Names and text values in JSON text: more than the parsed value has means that a name comes twice. */
function textTokens(text: string): number {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    quotes++;
    // Inside a text: on to its end, past every escape.
    for (at++; text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++;
  }
  return quotes;
}

/** JSON leaves the meaning of a name that comes twice open (RFC 8259 section 4); which one a reader takes is luck. */
function refuseRepeatedName(text: string): never {
  const names: Set<string>[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === "{") names.push(new Set());
    else if (match[0] === "}") names.pop();
    else if (match[1] !== undefined) {
      const name = JSON.parse(match[0].slice(0, -match[1].length)) as string;
      const scope = names.at(-1)!;
      if (scope.has(name)) throw new Fault("not-well-formed", `the name ${shown(name)} comes twice`);
      scope.add(name);
    }
  }
  throw new Fault("not-well-formed", "a name comes twice");
}
