/** A key in AWS KMS: it signs there and never leaves. `@aws-sdk/client-kms` is loaded when such a key is used. */
import { createPublicKey } from "node:crypto";
import type { SigningAlgorithmSpec } from "@aws-sdk/client-kms";
import { signingAlgorithm } from "../../x509/algorithms.ts";
import { asSigner, FinalSignerError, SignerError, type RemoteLimits, type Signer } from "../signer.ts";

export interface AwsKmsKey {
  /** Id, ARN or alias of an asymmetric key for signing. */
  readonly keyId: string;
  /** Default: of the ARN, or as the AWS SDK finds it. */
  readonly region?: string | undefined;
  /** Another address than AWS's own. */
  readonly endpoint?: string | undefined;
}

/** KMS takes 300 signatures a second by elliptic curve keys, and answers in some 20 ms: so many keep within it. */
const concurrency = 8;

/** What KMS hashes itself; of anything longer, such as a revocation list, it gets the digest. */
const mostMessageBytes = 4096;

const specs: Readonly<Record<string, SigningAlgorithmSpec>> = {
  "ECDSA with SHA-256": "ECDSA_SHA_256",
  "ECDSA with SHA-384": "ECDSA_SHA_384",
  "ECDSA with SHA-512": "ECDSA_SHA_512",
  "RSA with SHA-256": "RSASSA_PKCS1_V1_5_SHA_256",
};

/** What a further attempt does not mend (KMS API Reference, Sign, Errors). */
const finalErrors: readonly string[] = [
  "NotFoundException",
  "DisabledException",
  "AccessDeniedException",
  "InvalidKeyUsageException",
  "KMSInvalidStateException",
  "UnrecognizedClientException",
  "CredentialsProviderError",
];

/** Credentials are found as the AWS SDK finds them. Rejects with {@link SignerError}. */
export async function awsKmsSigner(key: AwsKmsKey, limits: Partial<RemoteLimits> = {}): Promise<Signer> {
  const { KMSClient, GetPublicKeyCommand, SignCommand } = await import("@aws-sdk/client-kms");
  const { keyId, endpoint } = key;
  const region = key.region ?? /^arn:aws[a-z-]*:kms:([a-z0-9-]+):/.exec(keyId)?.[1];
  const description = `AWS KMS key ${keyId}`;
  const client = new KMSClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 1,
  });
  const explained = (error: unknown): never => {
    const { name, message } = error as Error;
    if (finalErrors.includes(name)) throw new FinalSignerError(`${description}: ${name}: ${message}`);
    throw error;
  };
  const { PublicKey, KeyUsage } = await client
    .send(new GetPublicKeyCommand({ KeyId: keyId }))
    .catch((error: Error) => {
      throw new SignerError(`${description} can't be used: ${error.name}: ${error.message}`, {
        cause: error,
      });
    });
  if (PublicKey === undefined || KeyUsage !== "SIGN_VERIFY") {
    throw new SignerError(`${description} is for ${KeyUsage}; allowed: a key whose usage is SIGN_VERIFY`);
  }
  const publicKey = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
  const spec = specs[signingAlgorithm(publicKey).name] as SigningAlgorithmSpec;
  return asSigner(
    {
      description,
      publicKey: PublicKey,
      concurrency,
      async sign(message, digest, abortSignal) {
        const isShort = message.length <= mostMessageBytes;
        const command = new SignCommand({
          KeyId: keyId,
          Message: isShort ? message : digest,
          MessageType: isShort ? "RAW" : "DIGEST",
          SigningAlgorithm: spec,
        });
        const { Signature } = await client.send(command, { abortSignal }).catch(explained);
        return Signature ?? Buffer.alloc(0);
      },
      close: () => Promise.resolve(client.destroy()),
    },
    limits,
  );
}
