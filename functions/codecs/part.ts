/** TS013 codecs for whoever decodes. A bundle has `part-apart.ts` in the place of this file. */

import type { Ts013 } from "../core/formats/format.ts";
import { ts013Decoder } from "../core/formats/ts013.ts";
import { ThreadSandbox } from "./thread-sandbox.ts";

/** The sandbox of this thread: started by the first profile that needs it. */
export const sandbox = new ThreadSandbox();

export const ts013: Ts013 = (profile) => ts013Decoder(profile, sandbox);
