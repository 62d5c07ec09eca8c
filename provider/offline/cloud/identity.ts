/** Things that look like what a cloud makes up, and are always the same for the same resource. */

import { createHash } from "node:crypto";

/** Hex digits that follow from what identifies the thing. */
export const hexOf = (length: number, ...parts: readonly string[]): string => {
  let digits = "";
  for (let round = 0; digits.length < length; round += 1) {
    digits += createHash("sha256")
      .update(JSON.stringify([...parts, round]))
      .digest("hex");
  }
  return digits.slice(0, length);
};

/** A UUID with the version bits of a random one (RFC 9562, section 5.4). */
export const uuidOf = (...parts: readonly string[]): string => {
  const hex = hexOf(32, ...parts);
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join("-");
};

/** The name in a URN, as the program gave it. */
export const nameOfUrn = (urn: string): string => urn.split("::").slice(3).join("::");
