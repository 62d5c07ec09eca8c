import { X509Certificate } from "node:crypto";
import type { SignerReference } from "../authority/signers/open.ts";
import { issuerId } from "./ledger.ts";
import type { FleetRegistry } from "./registry.ts";

/**
 * Makes an issuer known that is at hand; in a registry without any it signs from now on.
 * @param signer where its key is; `null`: with the stack
 */
export async function adoptIssuer(
  registry: Pick<FleetRegistry, "issuers" | "record">,
  given: string,
  signer: SignerReference | null,
): Promise<void> {
  const known = await registry.issuers();
  const id = issuerId(given);
  if (known.some((one) => one.id === id)) return;
  const certificate = new X509Certificate(given).toString();
  const standing = known.length === 0 ? "current" : "announced";
  await registry.record([{ kind: "issuer", issuer: { id, certificate, standing, signer, at: new Date() } }]);
}
