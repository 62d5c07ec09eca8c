/** `random:index/randomShuffle:RandomShuffle`: the items of a list in random order. */

import type { ResourceDefinition } from "../shared/schema.ts";
import { always, integer, text, textList } from "../shared/schema.ts";
import { between } from "../shared/validate.ts";
import type { Value } from "../shared/values.ts";
import { keepers } from "./keepers.ts";
import type { Draw } from "./numbers.ts";
import { drawSecurely, permutation } from "./numbers.ts";
import { SeededNumbers } from "./seeded.ts";

const seededDraw = (seed: string): Draw => {
  const numbers = new SeededNumbers(seed);
  return (bound) => numbers.below(bound);
};

/** Draws `count` items; each one is drawn again only when all of them have been. */
const drawItems = (items: readonly Value[], count: number, draw: Draw): Value[] => {
  const drawn: Value[] = [];
  while (items.length > 0 && drawn.length < count) {
    const order = permutation(items.length, draw);
    drawn.push(...order.map((index) => items[index]));
  }
  return drawn.slice(0, count);
};

export const randomShuffle: ResourceDefinition = {
  token: "random:index/randomShuffle:RandomShuffle",
  description: "Puts the items of a list in random order.",
  stateVersion: 0,
  properties: {
    keepers,
    inputs: { type: textList, role: "input", required: true, description: "The items.", replaces: always },
    resultCount: {
      type: integer,
      role: "input",
      description: "Number of results (default: as many as there are items).",
      replaces: always,
      allows: between(0),
    },
    seed: { type: text, role: "input", description: "The same seed gives the same order.", replaces: always },
    results: {
      type: textList,
      role: "output",
      description: "The items in random order.",
      reveals: ["inputs"],
    },
    id: { type: text, role: "output", description: "Always -." },
  },
  create: ({ inputs, resultCount, seed }) => {
    const items = Array.isArray(inputs) ? inputs : [];
    const count = typeof resultCount === "number" ? resultCount : items.length;
    const draw = typeof seed === "string" && seed !== "" ? seededDraw(seed) : drawSecurely;
    return { id: "-", results: drawItems(items, count, draw) };
  },
};
