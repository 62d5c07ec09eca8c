import { bitString, context, oid, sequence, set, smallInteger, utf8String } from "../x509/der-writer.ts";
import { challengePasswordOid } from "./certificate-request.ts";
import { commonName } from "./names.ts";
import type { Signer } from "./signer.ts";

/**
 * DER of a request (PKCS #10, RFC 2986) for the signer's own key; asks for a name and nothing else. Rejects with SignerError.
 *
 * @param challenge shown in it, where who signs asks for one (RFC 2985, 5.4.1)
 */
export async function makeRequest(name: string, signer: Signer, challenge?: string): Promise<Buffer> {
  const spki = signer.publicKey.export({ type: "spki", format: "der" });
  const attributes =
    challenge === undefined ? [] : [sequence(oid(challengePasswordOid), set(utf8String(challenge)))];
  const info = sequence(smallInteger(0), commonName(name), spki, context(0, ...attributes));
  return sequence(info, signer.algorithm.identifier, bitString(await signer.sign(info)));
}
