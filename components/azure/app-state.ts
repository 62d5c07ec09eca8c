import type { EncryptionState } from "../contracts/common.ts";
import type { Key } from "./keys.ts";

/** How what a function app keeps for itself is encrypted. */
export const appState = (
  component: EncryptionState["component"],
  name: string,
  detail: EncryptionState["detail"],
  { uri }: Pick<Key, "uri">,
): EncryptionState => ({
  component,
  name,
  detail,
  inTransit: "TLS 1.2 or later, Entra identities only",
  atRest: "AES-256 (customer key), and once more by infrastructure encryption",
  keyId: uri,
});
