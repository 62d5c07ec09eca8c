import { hash } from "node:crypto";
import { keyIdBytes } from "./change-codec.ts";

/** How a registry names a key: the first half of SHA-256 of its SubjectPublicKeyInfo, hex. */
export const keyIdOf = (spki: Uint8Array): string => hash("sha256", spki, "hex").slice(0, 2 * keyIdBytes);
