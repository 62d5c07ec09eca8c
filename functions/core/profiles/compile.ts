/** Profiles to decoders: everything that can be worked out once is worked out here. */

import type { MessageDecoder } from "../formats/format.ts";
import { cayenneLppDecoder } from "../formats/cayenne-lpp.ts";
import { jsonDecoder } from "../formats/json-mapping.ts";
import { rawBinaryDecoder } from "../formats/raw-binary.ts";
import { senmlDecoder } from "../formats/senml.ts";
import type { Codec } from "../rows.ts";
import type { Profile } from "./profile.ts";

/** A profile ready to decode. */
export interface CompiledCodec extends Codec {
  readonly decode: MessageDecoder;
}

/** Compile a profile that was validated by `schema.ts`. Throws an Error that names the profile and what is wrong. */
export function compileProfile(profile: Profile): CompiledCodec {
  const { name, version, identity = "derived" } = profile;
  try {
    return { name, version, identity, decode: decoderOf(profile) };
  } catch (thrown) {
    throw new Error(`profile "${name}": ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function decoderOf(profile: Profile): MessageDecoder {
  switch (profile.format) {
    case "json":
      return jsonDecoder(profile);
    case "senml-json":
    case "senml-cbor":
      return senmlDecoder(profile);
    case "cayenne-lpp":
      return cayenneLppDecoder(profile);
    case "raw-binary":
      return rawBinaryDecoder(profile);
    default:
      throw new Error(`there is no format "${String((profile as { format: unknown }).format)}"`);
  }
}
