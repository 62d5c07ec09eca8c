import { createPublicKey, sign, type KeyObject } from "node:crypto";
import { signingAlgorithm } from "../../x509/algorithms.ts";
import type { Signer } from "../signer.ts";

/** A private key held by this process; `description` says where it came from. Throws for a kind that must not sign. */
export function inProcessSigner(privateKey: KeyObject, description: string): Signer {
  const publicKey = createPublicKey(privateKey);
  const algorithm = signingAlgorithm(publicKey);
  return {
    description,
    publicKey,
    algorithm,
    concurrency: 1,
    sign: (message) => Promise.resolve(sign(algorithm.digest, message, privateKey)),
    close: () => Promise.resolve(),
  };
}
