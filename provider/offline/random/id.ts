/** `random:index/randomId:RandomId`: random bytes in several notations. */

import { randomBytes } from "node:crypto";
import type { OutputProperty, ResourceDefinition } from "../shared/schema.ts";
import { always, integer, text } from "../shared/schema.ts";
import { between } from "../shared/validate.ts";
import type { ValueMap } from "../shared/values.ts";
import { keepers } from "./keepers.ts";

/** Keeps a slip of the pen from filling the state; a request for more is one. */
const maximumBytes = 1 << 20;

const notation = (description: string): OutputProperty => ({
  type: text,
  role: "output",
  description: `${description}, behind the prefix.`,
  reveals: ["prefix"],
});

const notations = (bytes: Buffer, prefix: string): ValueMap => ({
  id: bytes.toString("base64url"),
  b64Url: prefix + bytes.toString("base64url"),
  b64Std: prefix + bytes.toString("base64"),
  hex: prefix + bytes.toString("hex"),
  dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
});

const importState = (id: string): ValueMap => {
  const comma = id.lastIndexOf(",");
  const prefix = id.slice(0, Math.max(comma, 0));
  const encoded = id.slice(comma + 1);
  const bytes = Buffer.from(encoded, "base64url");
  if (bytes.length === 0 || bytes.toString("base64url") !== encoded) {
    throw new Error(
      `the id to import must be base64 for URLs without padding, or "prefix," before it; got "${id}"`,
    );
  }
  return { ...notations(bytes, prefix), byteLength: bytes.length, ...(prefix === "" ? {} : { prefix }) };
};

export const randomId: ResourceDefinition = {
  token: "random:index/randomId:RandomId",
  description: "Makes random bytes to identify something with.",
  stateVersion: 0,
  properties: {
    keepers,
    byteLength: {
      type: integer,
      role: "input",
      required: true,
      description: "Number of random bytes.",
      replaces: always,
      allows: between(1, maximumBytes),
    },
    prefix: { type: text, role: "input", description: "Text before each notation.", replaces: always },
    b64Url: notation("The bytes in base64 for URLs, without padding"),
    b64Std: notation("The bytes in base64"),
    hex: notation("The bytes in hexadecimal"),
    dec: notation("The bytes as a decimal number"),
    id: { type: text, role: "output", description: "The bytes in base64 for URLs, without the prefix." },
  },
  create: ({ byteLength, prefix }) =>
    notations(randomBytes(Number(byteLength)), typeof prefix === "string" ? prefix : ""),
  importState,
};
