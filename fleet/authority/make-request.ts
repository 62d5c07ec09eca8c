import { bitString, context, sequence, smallInteger } from "../x509/der-writer.ts";
import { commonName } from "./names.ts";
import type { Signer } from "./signer.ts";

/** DER of a request (PKCS #10, RFC 2986) for the signer's own key; asks for a name and nothing else. Rejects with SignerError. */
export async function makeRequest(name: string, signer: Signer): Promise<Buffer> {
  const spki = signer.publicKey.export({ type: "spki", format: "der" });
  const info = sequence(smallInteger(0), commonName(name), spki, context(0));
  return sequence(info, signer.algorithm.identifier, bitString(await signer.sign(info)));
}
