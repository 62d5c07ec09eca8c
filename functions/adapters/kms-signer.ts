import { createPublicKey } from "node:crypto";
import { asSigner, FinalSignerError, SignerError, type Signer } from "../../fleet/authority/signer.ts";
import { signingAlgorithm } from "../../fleet/x509/algorithms.ts";
import type { AwsAccess } from "./aws-client.ts";
import { awsJson } from "./aws-json.ts";

/** As many as a function has under way at once. */
const concurrency = 4;
/** What KMS hashes itself; of anything longer it gets the digest. */
const mostMessageBytes = 4096;
const specs: Readonly<Record<string, string>> = {
  "ECDSA with SHA-256": "ECDSA_SHA_256",
  "ECDSA with SHA-384": "ECDSA_SHA_384",
  "ECDSA with SHA-512": "ECDSA_SHA_512",
  "RSA with SHA-256": "RSASSA_PKCS1_V1_5_SHA_256",
};

/** A key in AWS KMS, by signed HTTP: the SDK is ten times a function's bundle. Rejects with SignerError. */
export async function kmsSigner(access: AwsAccess, keyId: string): Promise<Signer> {
  const description = `AWS KMS key ${keyId}`;
  const call = async (operation: string, body: object): Promise<Record<string, string>> => {
    const answer = await awsJson(access, "kms", operation, { KeyId: keyId, ...body });
    const said = (await answer.json()) as Record<string, string>;
    if (answer.ok) return said;
    const message = `${description}: ${operation}: HTTP ${answer.status}, ${said["__type"] ?? "no type"}`;
    throw answer.status < 500 ? new FinalSignerError(message) : new SignerError(message);
  };
  const { PublicKey = "", KeyUsage } = await call("GetPublicKey", {});
  if (KeyUsage !== "SIGN_VERIFY") {
    throw new SignerError(`${description} is for ${KeyUsage}; allowed: a key whose usage is SIGN_VERIFY`);
  }
  const publicKey = Buffer.from(PublicKey, "base64");
  const { name } = signingAlgorithm(createPublicKey({ key: publicKey, format: "der", type: "spki" }));
  const SigningAlgorithm = specs[name];
  return asSigner({
    description,
    publicKey,
    concurrency,
    async sign(message, digest) {
      const isShort = message.length <= mostMessageBytes;
      const Message = (isShort ? message : digest).toString("base64");
      const MessageType = isShort ? "RAW" : "DIGEST";
      const { Signature = "" } = await call("Sign", { Message, MessageType, SigningAlgorithm });
      return Buffer.from(Signature, "base64");
    },
  });
}
