/** `random:index/randomInteger:RandomInteger`: a random whole number within bounds. */

import type { ResourceDefinition } from "../shared/schema.ts";
import { always, integer, text } from "../shared/schema.ts";
import type { CheckFailure } from "../shared/validate.ts";
import type { ValueMap } from "../shared/values.ts";
import { keepers } from "./keepers.ts";
import { drawSecurely } from "./numbers.ts";
import { SeededNumbers } from "./seeded.ts";

const check = ({ min, max }: ValueMap): CheckFailure[] =>
  typeof min === "number" && typeof max === "number" && max < min
    ? [{ property: "max", reason: "must be at least min", got: max }]
    : [];

const draw = (min: number, max: number, seed: string): number => {
  const count = BigInt(max) - BigInt(min) + 1n;
  const offset = seed === "" ? drawSecurely(count) : new SeededNumbers(seed).below(count);
  return Number(BigInt(min) + offset);
};

const importedNumber = (part: string | undefined, name: string, id: string): number => {
  const number = Number(part);
  if (part === undefined || part.trim() === "" || !Number.isSafeInteger(number)) {
    throw new Error(
      `the id to import must be "result,min,max" or "result,min,max,seed"; in "${id}" ${name} is not a whole number`,
    );
  }
  return number;
};

const importState = (id: string): ValueMap => {
  const parts = id.split(",");
  if (parts.length < 3 || parts.length > 4) {
    throw new Error(`the id to import must be "result,min,max" or "result,min,max,seed"; got "${id}"`);
  }
  const [result, min, max, seed] = parts;
  return {
    id: result,
    result: importedNumber(result, "result", id),
    min: importedNumber(min, "min", id),
    max: importedNumber(max, "max", id),
    ...(seed === undefined ? {} : { seed }),
  };
};

export const randomInteger: ResourceDefinition = {
  token: "random:index/randomInteger:RandomInteger",
  description: "Makes a random whole number within bounds.",
  stateVersion: 0,
  properties: {
    keepers,
    min: { type: integer, role: "input", required: true, description: "Smallest value.", replaces: always },
    max: { type: integer, role: "input", required: true, description: "Largest value.", replaces: always },
    seed: {
      type: text,
      role: "input",
      description: "The same seed gives the same number within the same bounds.",
      replaces: always,
    },
    result: { type: integer, role: "output", description: "The number." },
    id: { type: text, role: "output", description: "The number as text." },
  },
  checkTogether: check,
  create: ({ min, max, seed }) => {
    const result = draw(Number(min), Number(max), typeof seed === "string" ? seed : "");
    return { result, id: String(result) };
  },
  importState,
};
