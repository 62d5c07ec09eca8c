/** Avro records to rows, by the schema that their writer had. */

import { Fault } from "../fault.ts";
import type { AvroProfile } from "../profiles/profile.ts";
import { toHex } from "../text.ts";
import { avroReader, type AvroReader } from "./avro-read.ts";
import type { MessageDecoder } from "./format.ts";
import { recordWriter } from "./mapping.ts";

/** How messages say which schema they were written with: what they begin with, and how long that and the key are. */
const framings = {
  none: { magic: [] as number[], key: 0 },
  /** Specification, "Single-object encoding": two bytes of magic, the fingerprint. */
  "single-object": { magic: [0xc3, 0x01], key: 8 },
  /** Confluent's wire format: a zero, then the schema's id in the registry, most significant byte first. */
  confluent: { magic: [0], key: 4 },
} as const;

/** Throws an Error for schemas that were not prepared by `profiles/prepare.ts`. */
export function avroDecoder(profile: AvroProfile): MessageDecoder {
  const { framing = "none" } = profile;
  const { magic, key } = framings[framing];
  const start = magic.length + key;
  const readers = new Map<string, AvroReader>();
  for (const prepared of profile.schemas) {
    CHECKED: if (!("type" in prepared))
      throw new Error("its schemas were not prepared: validate the profile first");
    readers.set(prepared.key, avroReader(prepared.type));
  }
  const write = recordWriter(profile);
  return (message, rows) => {
    const { payload } = message;
    if (payload.length < start || magic.some((byte, index) => payload[index] !== byte))
      throw new Fault("not-well-formed", `the message does not begin as its framing, ${framing}, does`);
    const named = toHex(payload.subarray(magic.length, start));
    const read = readers.get(named);
    if (read === undefined) throw new Fault("unknown-type", `the profile has no schema ${named}`);
    write(read(payload.subarray(start)), message, rows, true);
  };
}
