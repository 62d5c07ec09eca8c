/** Random strings with a choice of characters, as RandomString and RandomPassword make them. */

import type { InputProperty, PlanHook, PropertyTable, ReplaceRule } from "../shared/schema.ts";
import { always, flag, integer, text } from "../shared/schema.ts";
import type { CheckFailure } from "../shared/validate.ts";
import { between } from "../shared/validate.ts";
import type { Value, ValueMap } from "../shared/values.ts";
import { unknown } from "../shared/values.ts";
import { keepers } from "./keepers.ts";
import { drawSecurely, permutation, pick } from "./numbers.ts";

const digits = "0123456789";
const lowerLetters = "abcdefghijklmnopqrstuvwxyz";
const upperLetters = lowerLetters.toUpperCase();

/** The special characters unless `overrideSpecial` names others. */
export const defaultSpecial = "!@#$%&*()-_=+[]{}<>:?";

/** Keeps a slip of the pen from filling the state; a request for more is one. */
const maximumLength = 1 << 20;

const minimums = ["minUpper", "minLower", "minNumeric", "minSpecial"] as const;

const switchProperty = (what: string): InputProperty => ({
  type: flag,
  role: "input",
  default: true,
  description: `Whether to use ${what} (default: true).`,
  replaces: always,
});

const minimumProperty = (what: string): InputProperty => ({
  type: integer,
  role: "input",
  default: 0,
  description: `Least number of ${what} (default: 0); they are used even where they are switched off.`,
  replaces: always,
  allows: between(0, maximumLength),
});

/** An empty text has the effect of none, and was once stored for none, so taking it away changes nothing. */
const unlessEmptyIsRemoved: ReplaceRule = (prior, planned) =>
  planned !== unknown && !((planned ?? null) === null && prior === "");

/** `number` is the old name of `numeric`; whichever is set is in effect for both. */
const { default: _default, ...numericProperty } = switchProperty("digits");

/** The inputs of a random string. */
export const characterProperties: PropertyTable = {
  keepers,
  length: {
    type: integer,
    role: "input",
    required: true,
    description: "Number of characters, at least the sum of the minimums.",
    replaces: always,
    allows: between(1, maximumLength),
  },
  upper: switchProperty("capital letters"),
  lower: switchProperty("small letters"),
  numeric: numericProperty,
  number: { ...numericProperty, description: "Old name of numeric." },
  special: switchProperty("special characters"),
  minUpper: minimumProperty("capital letters"),
  minLower: minimumProperty("small letters"),
  minNumeric: minimumProperty("digits"),
  minSpecial: minimumProperty("special characters"),
  overrideSpecial: {
    type: text,
    role: "input",
    description: `Special characters to use in place of ${defaultSpecial}`,
    replaces: unlessEmptyIsRemoved,
  },
};

/** Plans `number` and `numeric` alike. */
export const planNumeric: PlanHook = ({ planned }, { number, numeric }) => {
  planned["numeric"] = numeric ?? number ?? true;
  planned["number"] = number ?? numeric ?? true;
};

const checkLength = (inputs: ValueMap): CheckFailure[] => {
  const { length } = inputs;
  const values = minimums.map((name) => inputs[name] ?? 0);
  if (typeof length !== "number" || values.includes(unknown)) return [];
  const sum = values.reduce<number>((total, value) => total + Number(value), 0);
  if (length >= sum) return [];
  const reason = `must be at least ${sum}, the sum of ${minimums.join(", ")}`;
  return [{ property: "length", reason, got: length }];
};

const checkSwitches = ({ upper, lower, special, number, numeric }: ValueMap): CheckFailure[] => {
  if (typeof number === "boolean" && typeof numeric === "boolean" && number !== numeric) {
    return [{ property: "number", reason: "is the old name of numeric and must be the same", got: number }];
  }
  if (![upper, lower, special, numeric ?? number].every((value) => value === false)) return [];
  return [{ property: "numeric", reason: "one of numeric, upper, lower and special must be true; got none" }];
};

/** Checks the inputs of a random string together. */
export const checkCharacters = (inputs: ValueMap): CheckFailure[] => [
  ...checkLength(inputs),
  ...checkSwitches(inputs),
];

const drawCharacters = (alphabet: readonly string[], count: number): string[] =>
  Array.from({ length: count }, () => pick(alphabet));

const count = (value: Value): number => (typeof value === "number" ? value : 0);

/** Makes a string: the least of each kind, the rest from all kinds in use, then in random order. */
export const makeString = (planned: ValueMap): string => {
  const { overrideSpecial } = planned;
  const special =
    typeof overrideSpecial === "string" && overrideSpecial !== "" ? overrideSpecial : defaultSpecial;
  const kinds = [
    { characters: [...upperLetters], used: planned["upper"], least: count(planned["minUpper"]) },
    { characters: [...lowerLetters], used: planned["lower"], least: count(planned["minLower"]) },
    { characters: [...digits], used: planned["numeric"], least: count(planned["minNumeric"]) },
    { characters: [...special], used: planned["special"], least: count(planned["minSpecial"]) },
  ];
  const demanded = kinds.flatMap(({ characters, least }) => drawCharacters(characters, least));
  const alphabet = kinds.flatMap(({ characters, used }) => (used === true ? characters : []));
  const rest = drawCharacters(alphabet, count(planned["length"]) - demanded.length);
  const all = [...demanded, ...rest];
  return permutation(all.length, drawSecurely)
    .map((index) => all[index])
    .join("");
};

/** The state of a string made elsewhere, as far as it can be told from the string. */
export const importedCharacters = (result: string): ValueMap => ({
  result,
  length: Buffer.byteLength(result, "utf8"),
  upper: true,
  lower: true,
  number: true,
  numeric: true,
  special: true,
  minUpper: 0,
  minLower: 0,
  minNumeric: 0,
  minSpecial: 0,
});

/** Fills in what earlier versions of the state left out, so that it is no change to have it. */
export const upgradeCharacters = (state: ValueMap): ValueMap => {
  const present = Object.entries(state).filter(([, value]) => value !== undefined && value !== null);
  const known = Object.fromEntries(present);
  const numeric = known["numeric"] ?? known["number"] ?? true;
  return { ...importedCharacters(String(known["result"] ?? "")), numeric, number: numeric, ...known };
};
