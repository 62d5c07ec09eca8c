/** Protobuf messages to rows, by the descriptor of the device's maker. */

import type { ProtobufProfile } from "../profiles/profile.ts";
import type { MessageDecoder } from "./format.ts";
import { recordWriter } from "./mapping.ts";
import { protobufReader } from "./protobuf-read.ts";

/** Throws an Error for a descriptor that lacks a type, or whose file was not read yet. */
export function protobufDecoder(profile: ProtobufProfile): MessageDecoder {
  const { descriptor } = profile;
  CHECKED: if (!("messages" in descriptor))
    throw new Error(
      `descriptor: "${descriptor.file}" was not read; profiles with files are read from their folder`,
    );
  const read = protobufReader(descriptor);
  const write = recordWriter(profile);
  return (message, rows) => write(read(message.payload), message, rows, true);
}
