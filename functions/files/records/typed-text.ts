/** Texts of XML and INI files as the values that a profile reads there, as JSON has them. */
import type { Mapping, MappedField } from "../../core/profiles/mapping.ts";
import type { FileRule } from "../../core/profiles/profile.ts";

/** A number, digit for digit as the file has it: no integer of 64 bits passes through a double. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Value = string | boolean | null | NumberText | readonly Value[] | Tree;
/** Without inherited keys: names come from files. */
export interface Tree {
  [key: string]: Value;
}

export const emptyTree = (): Tree => Object.create(null) as Tree;

type Type = NonNullable<MappedField["type"]>;
/** Values that come before the records have paths that begin so. */
export const above = "above";

/** What a profile says of the values of a file, by paths without places in arrays. */
export class Claims {
  /** Paths of values in front of the records, without `above`. */
  readonly aboveRecords = new Set<string>();
  /** Whether they are read beside the record's own values, and in each of its samples. */
  isAboveRecord = false;
  isAboveSample = false;
  /** Keys from a record to its samples; null where it is one itself. */
  readonly samples: readonly string[] | null;
  /** Paths that are arrays, also where there is one element. */
  readonly arrays = new Set<string>();
  readonly #types = new Map<string, Type | "number">();
  readonly #others: boolean;
  readonly #decimal: "." | ",";

  constructor({ time, sequence, device, samples, fields, others }: Mapping, { decimal = "." }: FileRule) {
    const within = samples === undefined ? "" : `${samples}.`;
    this.samples = samples === undefined ? null : this.#keysOf(samples).split(".");
    if (this.samples !== null) this.arrays.add(this.samples.join("."));
    const isCount = time !== undefined && time.unit !== "iso" && time.unit !== "pattern";
    this.#claim(within, time?.path, isCount ? "number" : "text");
    this.#claim(within, time?.and, "text");
    this.#claim("", sequence?.path, "int");
    this.#claim("", device?.path, "text");
    for (const { path, type = "double" } of fields) this.#claim(within, path, type);
    this.#others = others === "readings";
    this.#decimal = decimal;
  }

  /** A text that is no value of its type stays one, so that the profile's decoder can say so. */
  valueOf(path: string, given: string): Value {
    const text = given.trim();
    const type = this.#types.get(path) ?? (this.#others ? "number" : "text");
    if (type === "text" || type === "bytes") return text;
    if (type === "bool") return /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : text;
    if (type !== "int" && notANumber.test(text)) return null;
    return numberOf(text, type === "int" ? "." : this.#decimal, type === "int") ?? text;
  }

  #claim(within: string, path: string | undefined, type: Type | "number"): void {
    if (path === undefined) return;
    const isAbove = path.startsWith(`${above}.`);
    const keys = this.#keysOf(isAbove ? path : `${within}${path}`);
    this.#types.set(keys, type);
    if (!isAbove) return;
    this.aboveRecords.add(keys.slice(above.length + 1));
    if (within === "") this.isAboveRecord = true;
    else this.isAboveSample = true;
  }

  /** Learns which of its keys are arrays. */
  #keysOf(path: string): string {
    let keys = "";
    for (const step of path.split(".")) {
      const [key = "", ...places] = step.split("[");
      keys = keys === "" ? key : `${keys}.${key}`;
      if (places.length > 0) this.arrays.add(keys);
    }
    return keys;
  }
}

const notANumber = /^[+-]?(nan|inf|infinity|#num!|#n\/a|#div\/0!)$/i;
const number = /^([+-]?)0*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** As JSON writes it (RFC 8259, 6). Marks between thousands make no number, lest it were a thousandth of what was meant. */
function numberOf(text: string, decimal: "." | ",", isWhole: boolean): NumberText | null {
  const pointed = decimal === "," ? text.replace(/[.,]/g, (mark) => (mark === "," ? "." : ",")) : text;
  const found = number.exec(pointed);
  if (found === null || pointed.length > 64 || !/\d/.test(pointed)) return null;
  const [, sign, whole = "", fraction, exponent] = found;
  if (!/^[+-]?(\d|\.\d)/.test(pointed) || (isWhole && (fraction ?? exponent) !== undefined)) return null;
  const rest = fraction === undefined || fraction === "" ? "" : `.${fraction}`;
  const minus = sign === "-" ? "-" : "";
  return new NumberText(`${minus}${whole || "0"}${rest}${exponent === undefined ? "" : `e${exponent}`}`);
}

/** One line of JSON. */
export const lineOf = (record: Tree): string => `${jsonOf(record)}\n`;

function jsonOf(value: Value): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as Tree).map(([key, of]) => `${JSON.stringify(key)}:${jsonOf(of)}`);
  return `{${entries.join(",")}}`;
}

/** What lies at some keys of a tree, in all elements of the arrays on the way. */
export function* treesAt(value: Value | undefined, [key, ...rest]: readonly string[]): Generator<Tree> {
  if (Array.isArray(value))
    for (const one of value as readonly Value[]) yield* treesAt(one, key === undefined ? [] : [key, ...rest]);
  else if (typeof value !== "object" || value === null || value instanceof NumberText) return;
  else if (key === undefined) yield value as Tree;
  else yield* treesAt((value as Tree)[key], rest);
}

/** Names of elements, attributes, sections and keys in paths, whose own marks they may hold. */
export const keyOf = (name: string): string => name.replace(/[.[\]]/g, "_");

/** Puts a value at a path of keys, making what is not there. */
export function place(tree: Tree, path: string, value: Value): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at = tree;
  for (const key of keys) {
    const next = at[key];
    at = (
      typeof next === "object" && next !== null && !Array.isArray(next) ? next : (at[key] = emptyTree())
    ) as Tree;
  }
  at[last] = value;
}
