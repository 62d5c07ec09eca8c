/** `random:index/randomBytes:RandomBytes`: random bytes for a key or the like, kept secret. */

import { randomBytes as drawBytes } from "node:crypto";
import type { ResourceDefinition } from "../shared/schema.ts";
import { always, integer, text } from "../shared/schema.ts";
import { between } from "../shared/validate.ts";
import type { ValueMap } from "../shared/values.ts";
import { keepers } from "./keepers.ts";

/** Keeps a slip of the pen from filling the state; a request for more is one. */
const maximumBytes = 1 << 20;

const notations = (bytes: Buffer): ValueMap => ({
  base64: bytes.toString("base64"),
  hex: bytes.toString("hex"),
});

const importState = (id: string): ValueMap => {
  const bytes = Buffer.from(id, "base64");
  if (bytes.length === 0 || bytes.toString("base64") !== id) {
    throw new Error("the id to import must be the bytes in base64 with padding; got something else");
  }
  return { ...notations(bytes), length: bytes.length };
};

export const randomBytes: ResourceDefinition = {
  token: "random:index/randomBytes:RandomBytes",
  description: "Makes random bytes and keeps them, encrypted, in the stack's state.",
  stateVersion: 0,
  properties: {
    // Unlike the others, this resource was never written by a version that left out empty keepers.
    keepers: { ...keepers, replaces: always },
    length: {
      type: integer,
      role: "input",
      required: true,
      description: "Number of random bytes.",
      replaces: always,
      allows: between(1, maximumBytes),
    },
    base64: { type: text, role: "output", secret: true, description: "The bytes in base64." },
    hex: { type: text, role: "output", secret: true, description: "The bytes in hexadecimal." },
  },
  create: ({ length }) => notations(drawBytes(Number(length))),
  identify: ({ base64 }) => String(base64),
  importState,
};
