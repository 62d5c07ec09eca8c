/** Who holds the authority's key. The key itself may be out of reach, in a service or a device of its own. */
import { createPublicKey, hash, verify, type KeyObject, type X509Certificate } from "node:crypto";
import { signingAlgorithm, type SignatureAlgorithm } from "../x509/algorithms.ts";

export interface Signer {
  /** Where the key is, for messages; never the key. */
  readonly description: string;
  readonly publicKey: KeyObject;
  readonly algorithm: SignatureAlgorithm;
  /** Signatures that may be asked for at the same time. */
  readonly concurrency: number;
  /** As certificates carry it: DER of (r, s), or the RSA block. Rejects with {@link SignerError}. */
  sign(message: Buffer): Promise<Buffer>;
  close(): Promise<void>;
}

/** The signer can't be reached, refuses, or answers with something that is no signature by its key. */
export class SignerError extends Error {
  override readonly name = "SignerError";
}

/** What the sources of keys implement; {@link asSigner} puts time limit, repetition and check around it. */
export interface RemoteKey {
  readonly description: string;
  /** DER of its SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly concurrency: number;
  /** `digest` by the key's {@link SignatureAlgorithm}; DER of (r, s), or the RSA block. */
  sign(message: Buffer, digest: Buffer, signal: AbortSignal): Promise<Uint8Array>;
  close?(): Promise<void>;
}

export interface RemoteLimits {
  /** Milliseconds for one answer. Default 10,000. */
  readonly timeout: number;
  /** How often a signature is asked for before it is given up. Default 3. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; twice as many before each further one. Default 200. */
  readonly pause: number;
}

export const remoteLimits: RemoteLimits = { timeout: 10_000, attempts: 3, pause: 200 };

/** A key out of this process. Each signature is checked: a wrong key or a broken answer must not reach a device. */
export function asSigner(key: RemoteKey, limits: Partial<RemoteLimits> = {}): Signer {
  const { timeout, attempts, pause } = { ...remoteLimits, ...limits };
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: "der", type: "spki" });
  const algorithm = signingAlgorithm(publicKey);
  const attempt = async (message: Buffer, digest: Buffer): Promise<Buffer> => {
    const signature = Buffer.from(await withTimeout(timeout, (signal) => key.sign(message, digest, signal)));
    if (verify(algorithm.digest, message, publicKey, signature)) return signature;
    throw new Error("it answered with something that is no signature by its key");
  };
  return {
    description: key.description,
    publicKey,
    algorithm,
    concurrency: key.concurrency,
    async sign(message) {
      const digest = hash(algorithm.digest ?? "sha256", message, "buffer");
      for (let count = 1; ; count += 1) {
        try {
          return await attempt(message, digest);
        } catch (error) {
          if (count >= attempts || isFinal(error)) throw explained(key.description, count, error as Error);
          await new Promise((resolve) => setTimeout(resolve, pause * 2 ** (count - 1)));
        }
      }
    },
    close: async () => key.close?.(),
  };
}

/** Errors of a signer that a further attempt does not mend say so: a right that is missing, a key that is gone. */
export class FinalSignerError extends SignerError {}

const isFinal = (error: unknown): boolean => error instanceof FinalSignerError;

function explained(description: string, attempts: number, error: Error): SignerError {
  const tries = attempts === 1 ? "" : ` (${attempts} attempts)`;
  return new SignerError(`${description} gives no signature${tries}: ${error.message}`, { cause: error });
}

async function withTimeout<Answer>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const abort = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`no answer within ${milliseconds / 1000} s`));
    abort.abort();
  }, milliseconds);
  try {
    return await Promise.race([work(abort.signal), promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Throws {@link SignerError} unless the certificate is an authority's and the signer's key is its own. */
export function checkSigner(certificate: X509Certificate, signer: Signer): void {
  const isOwn = signer.publicKey.equals(certificate.publicKey);
  if (!isOwn) {
    throw new SignerError(
      `the key in ${signer.description} is not the one of the certificate "${oneLine(certificate.subject)}": ` +
        "name the key that belongs to the certificate",
    );
  }
}

const oneLine = (name: string): string => name.replaceAll("\n", ", ");
