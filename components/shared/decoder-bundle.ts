import { haveCodecs, type Profile } from "../../functions/core/profiles/profile.ts";
import type { FunctionBundle, StreamProcessorArgs } from "../contracts/stream-processor.ts";

/** The decoder's bundle, with what TS013 codecs need only where a profile has one: a cold start loads what is there. */
export function decoderBundle({ decoder, profiles }: StreamProcessorArgs): FunctionBundle {
  return { ...decoder, codecs: haveCodecs(profiles as readonly Profile[]) ? (decoder.codecs ?? []) : [] };
}
