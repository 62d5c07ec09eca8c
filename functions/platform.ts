/** What the core needs of a platform, by Node's own modules: the same for every handler. */

import { hash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { DecoderOptions } from "./core/decoder.ts";

/** Ports of the decoding core on Node. */
export const nodePorts: Pick<DecoderOptions, "sha256" | "gunzip"> = {
  sha256: (bytes) => hash("sha256", bytes, "binary"),
  gunzip: (bytes, maximumBytes) => {
    try {
      return gunzipSync(bytes, { maxOutputLength: maximumBytes });
    } catch {
      // No gzip, a wrong checksum, or more than allowed: for whoever asks it can't be read.
      return null;
    }
  },
};
