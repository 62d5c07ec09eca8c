/** What the core needs of a platform, by Node's own modules: the same for every handler. */

import { hash } from "node:crypto";
import type { DecoderOptions } from "./core/decoder.ts";
import { ts013 } from "./codecs/part.ts";

/**
 * Bytes of a piece of output. Node keeps one for each call until its event loop turns: with its default of 16 kB, a batch
 * of ten thousand small payloads would hold 160 MB.
 */
const chunkSize = 4_096;

/** Ports of the decoding core on Node. */
export const nodePorts: Pick<DecoderOptions, "sha256" | "gunzip" | "ts013"> = {
  sha256: (bytes) => hash("sha256", bytes, "binary"),
  gunzip: (bytes, maximumBytes) => {
    // Few payloads are compressed, and this module would be a fifth of a cold start.
    const { gunzipSync } = process.getBuiltinModule("node:zlib");
    try {
      return gunzipSync(bytes, { maxOutputLength: maximumBytes, chunkSize });
    } catch {
      // No gzip, a wrong checksum, or more than allowed: for whoever asks it can't be read.
      return null;
    }
  },
  ts013,
};
