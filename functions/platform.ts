/** What the core needs of a platform, by Node's own modules: the same for every handler. */

import { hash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { DecoderOptions } from "./core/decoder.ts";

/**
 * Bytes that a gzip member says it holds, within reason. Node keeps one piece of output for each call until its event loop
 * turns: in pieces of its default of 16 kB, a batch of ten thousand small payloads would hold 160 MB.
 */
function pieceOf(bytes: Uint8Array): number {
  const size =
    bytes.length < 4
      ? 0
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(bytes.length - 4);
  return Math.min(Math.max(size, 1_024), 16_384);
}

/** Ports of the decoding core on Node. */
export const nodePorts: Pick<DecoderOptions, "sha256" | "gunzip"> = {
  sha256: (bytes) => hash("sha256", bytes, "binary"),
  gunzip: (bytes, maximumBytes) => {
    try {
      return gunzipSync(bytes, { maxOutputLength: maximumBytes, chunkSize: pieceOf(bytes) });
    } catch {
      // No gzip, a wrong checksum, or more than allowed: for whoever asks it can't be read.
      return null;
    }
  },
};
