import type { Resource } from "@pulumi/pulumi";
import { haveCodecs, type Profile } from "../../functions/core/profiles/profile.ts";
import type { FunctionBundle, StreamProcessorArgs } from "../contracts/stream-processor.ts";
import { refuse } from "./validate.ts";

type Args = Pick<StreamProcessorArgs, "decoder" | "functions" | "profiles">;

/** The decoder's bundle, with what TS013 codecs need only where a profile has one: a cold start loads what is there. */
export const decoderBundle = ({ decoder, profiles }: Args): FunctionBundle => trimmed(decoder, profiles);

/** The same of the function that decodes uploaded files. Throws where there is none. */
export function uploadBundle({ functions, profiles }: Args, resource: Resource): FunctionBundle {
  const { upload } = functions;
  refuse(
    upload === undefined
      ? ["functions.upload: received nothing; allowed: a bundle of functions/build.ts"]
      : [],
    resource,
  );
  return trimmed(upload as FunctionBundle, profiles);
}

function trimmed(bundle: FunctionBundle, profiles: Args["profiles"]): FunctionBundle {
  return { ...bundle, codecs: haveCodecs(profiles as readonly Profile[]) ? (bundle.codecs ?? []) : [] };
}
