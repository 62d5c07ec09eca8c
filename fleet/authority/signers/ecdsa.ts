import { integer, sequence } from "../../x509/der-writer.ts";

/** Services that answer with r and s side by side (IEEE P1363): as certificates carry them (RFC 3279, 2.2.3). */
export function ecdsaSignature(raw: Uint8Array): Buffer {
  const half = raw.length / 2;
  return sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half)));
}
