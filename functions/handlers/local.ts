/** The handler of the local target: what the site's decode workers run. Bundled by functions/build.ts. */

import { createDecoder, type Decoder, type DecoderOptions } from "../core/decoder.ts";
import type { Binding, Profile } from "../core/profiles/profile.ts";
import { nodePorts } from "../platform.ts";

export interface HandlerConfig {
  /** Validated by functions/core/profiles/schema.ts when the environment was composed. */
  readonly profiles: readonly Profile[];
  readonly bindings: readonly Binding[];
  /** The environment that all rows belong to. */
  readonly tenant: string;
  readonly options?: Omit<DecoderOptions, keyof typeof nodePorts | "tenant">;
}

/** Throws an Error that names the profile or binding that makes no sense; `decode` never throws. */
export function createHandler(config: HandlerConfig): Decoder {
  const { profiles, bindings, tenant, options } = config;
  return createDecoder(profiles, bindings, { ...options, ...nodePorts, tenant });
}
