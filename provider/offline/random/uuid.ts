/** `RandomUuid`, `RandomUuid4` and `RandomUuid7`: universally unique identifiers (RFC 9562). */

import { randomBytes, randomUUID } from "node:crypto";
import type { ResourceDefinition } from "../shared/schema.ts";
import { text } from "../shared/schema.ts";
import type { ValueMap } from "../shared/values.ts";
import { keepers } from "./keepers.ts";

const grouped = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");

/** Version 7: 48 bits of milliseconds since 1970, then random bits (RFC 9562 section 5.7). */
export const newUuid7 = (now: Date): string => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now.getTime(), 0, 6);
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x70, 6);
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8);
  return grouped(bytes.toString("hex"));
};

const dashed = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const stateOf = (uuid: string): ValueMap => ({ id: uuid, result: uuid });

const refuse = (id: string): never => {
  throw new Error(`the id to import must be a UUID; got "${id}"`);
};

const importDashed = (id: string): ValueMap => (dashed.test(id) ? stateOf(id.toLowerCase()) : refuse(id));

/** The numbered variants also take the other spellings of RFC 9562 and Microsoft's braces. */
const importAnySpelling = (id: string): ValueMap => {
  const bare = id.replace(/^urn:uuid:/i, "").replace(/^\{(.*)\}$/, "$1");
  return importDashed(/^[0-9a-f]{32}$/i.test(bare) ? grouped(bare) : bare);
};

const definition = (
  suffix: string,
  description: string,
  make: (now: Date) => string,
  importState: (id: string) => ValueMap,
): ResourceDefinition => ({
  token: `random:index/randomUuid${suffix}:RandomUuid${suffix}`,
  description,
  stateVersion: 0,
  properties: {
    keepers,
    result: { type: text, role: "output", description: "The UUID." },
    id: { type: text, role: "output", description: "The UUID." },
  },
  create: (_planned, _inputs, { now }) => stateOf(make(now())),
  importState,
});

export const randomUuid = definition("", "Makes a random UUID.", () => randomUUID(), importDashed);

export const randomUuid4 = definition(
  "4",
  "Makes a random UUID of version 4.",
  () => randomUUID(),
  importAnySpelling,
);

export const randomUuid7 = definition(
  "7",
  "Makes a UUID of version 7, which sorts by time.",
  newUuid7,
  importAnySpelling,
);
