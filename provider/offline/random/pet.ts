/** `random:index/randomPet:RandomPet`: a name that people can remember. */

import type { ResourceDefinition } from "../shared/schema.ts";
import { always, integer, text } from "../shared/schema.ts";
import { between } from "../shared/validate.ts";
import { keepers } from "./keepers.ts";
import { pick } from "./numbers.ts";
import { adjectives, adverbs, animals } from "./words.ts";

/** Keeps a slip of the pen from filling the state; a request for more is one. */
const maximumWords = 1_000;

/** One word is an animal; more are an adjective before it, and adverbs before that. */
const makeWords = (length: number): string[] => {
  if (length === 1) return [pick(animals)];
  const before = Array.from({ length: Math.max(length - 2, 0) }, () => pick(adverbs));
  return [...before, pick(adjectives), pick(animals)];
};

export const randomPet: ResourceDefinition = {
  token: "random:index/randomPet:RandomPet",
  description: "Makes a name that people can remember.",
  stateVersion: 0,
  properties: {
    keepers,
    length: {
      type: integer,
      role: "input",
      default: 2,
      description: "Number of words (default: 2, which 0 means as well).",
      replaces: always,
      allows: between(0, maximumWords),
    },
    prefix: { type: text, role: "input", description: "Text before the name.", replaces: always },
    separator: {
      type: text,
      role: "input",
      default: "-",
      description: "What stands between the words (default: -).",
      replaces: always,
    },
    id: { type: text, role: "output", description: "The name." },
  },
  create: ({ length, prefix, separator }) => {
    const words = makeWords(Number(length));
    const parts = typeof prefix === "string" && prefix !== "" ? [prefix, ...words] : words;
    return { id: parts.join(String(separator)) };
  },
};
