/** Messages that are one record with names, or one a line, by the mapping of their profile. */

import { readCbor } from "../cbor.ts";
import { Fault, toFault } from "../fault.ts";
import { readJson } from "../json.ts";
import { FlatJsonReader } from "../json-flat.ts";
import type { DocumentProfile } from "../profiles/profile.ts";
import { decodeDocument } from "../text.ts";
import { treeOfCbor } from "./cbor-tree.ts";
import type { MessageDecoder } from "./format.ts";
import { recordWriter } from "./mapping.ts";
import { readMessagePack } from "./messagepack.ts";

type Reader = (bytes: Uint8Array) => unknown;

/** One for each profile: it may remember what its devices send. */
const readers: Readonly<Record<Exclude<DocumentProfile["format"], "ndjson">, () => Reader>> = {
  json: () => {
    const reader = new FlatJsonReader();
    return (bytes) => reader.read(bytes);
  },
  cbor: () => (bytes) => treeOfCbor(readCbor(bytes)),
  messagepack: () => readMessagePack,
};

/** Throws an Error for a mapping that makes no sense. */
export function documentDecoder(profile: DocumentProfile): MessageDecoder {
  const write = recordWriter(profile);
  if (profile.format === "ndjson") return linesDecoder(write);
  const read = readers[profile.format]();
  return (message, rows) => write(read(message.payload), message, rows, true);
}

/** Lines of one message that may be bad: to find that out costs more than to read a good one. */
const maximumBadLines = 1_000;

/** A bad line costs no other one. */
function linesDecoder(write: ReturnType<typeof recordWriter>): MessageDecoder {
  return (message, rows) => {
    const lines = decodeDocument(message.payload).split("\n");
    let isFirst = true;
    let bad = 0;
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index]!.trim();
      if (line === "") continue;
      try {
        write(readJson(line), message, rows, isFirst);
        isFirst = false;
      } catch (thrown) {
        rows.problems.add(toFault(thrown).at(`line ${index + 1}`));
        if (++bad > maximumBadLines)
          throw new Fault("not-well-formed", `more than ${maximumBadLines} bad lines`);
      }
    }
  };
}
