/** Profiles to decoders: everything that can be worked out once is worked out here. */

import type { FormatPorts, MessageDecoder } from "../formats/format.ts";
import { avroDecoder } from "../formats/avro.ts";
import { cayenneLppDecoder } from "../formats/cayenne-lpp.ts";
import { csvDecoder } from "../formats/csv.ts";
import { documentDecoder } from "../formats/documents.ts";
import { kuraDecoder } from "../formats/kura.ts";
import { modbusDecoder } from "../formats/modbus-profile.ts";
import { opcUaDecoder } from "../formats/opcua-json.ts";
import { protobufDecoder } from "../formats/protobuf.ts";
import { rawBinaryDecoder } from "../formats/raw-binary.ts";
import { senmlDecoder } from "../formats/senml.ts";
import { sparkplugDecoder } from "../formats/sparkplug-b.ts";
import type { Codec } from "../rows.ts";
import type { Profile } from "./profile.ts";

/** A profile ready to decode. */
export interface CompiledCodec extends Codec {
  readonly decode: MessageDecoder;
  /** Whether a message may need earlier ones of its device to be read. */
  readonly remembers: boolean;
}

/** Compile a profile that was validated by `schema.ts`. Throws an Error that names the profile and what is wrong. */
export function compileProfile(profile: Profile, ports: FormatPorts): CompiledCodec {
  const { name, version, identity = "derived" } = profile;
  try {
    return {
      name,
      version,
      identity,
      decode: decoderOf(profile, ports),
      remembers: profile.format === "sparkplug-b",
    };
  } catch (thrown) {
    throw new Error(`profile "${name}": ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function decoderOf(profile: Profile, ports: FormatPorts): MessageDecoder {
  switch (profile.format) {
    case "json":
    case "ndjson":
    case "cbor":
    case "messagepack":
      return documentDecoder(profile);
    case "csv":
      return csvDecoder(profile);
    case "avro":
      return avroDecoder(profile);
    case "protobuf":
      return protobufDecoder(profile);
    case "senml-json":
    case "senml-cbor":
      return senmlDecoder(profile);
    case "cayenne-lpp":
      return cayenneLppDecoder(profile);
    case "sparkplug-b":
      return sparkplugDecoder(profile, ports);
    case "opcua-json":
      return opcUaDecoder(profile);
    case "kura":
      return kuraDecoder(profile, ports);
    case "modbus-registers":
      return modbusDecoder(profile);
    case "raw-binary":
      return rawBinaryDecoder(profile);
    case "ts013":
      return ports.ts013(profile);
    default:
      throw new Error(`there is no format "${String((profile as { format: unknown }).format)}"`);
  }
}
