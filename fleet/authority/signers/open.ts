/** From what a stack or an authority's file says of a key to somebody who signs with it. */
import { createPrivateKey } from "node:crypto";
import { z } from "zod";
import { SignerError, type Signer } from "../signer.ts";

/** Where an authority's key is. Passphrases and PINs are never part of it. */
export const signerReference = z.discriminatedUnion("kind", [
  /** The key itself: the development authority's, an encrypted secret of the stack. */
  z.strictObject({ kind: z.literal("key"), key: z.string().startsWith("-----BEGIN ") }),
  /** PKCS #8 under a passphrase. */
  z.strictObject({ kind: z.literal("key-file"), file: z.string().min(1) }),
  z.strictObject({
    kind: z.literal("aws-kms"),
    keyId: z.string().min(1),
    region: z.string().min(1).optional(),
    endpoint: z.url().optional(),
  }),
  z.strictObject({ kind: z.literal("azure-key-vault"), keyUrl: z.url() }),
  z.strictObject({
    kind: z.literal("pkcs11"),
    library: z.string().min(1),
    token: z.string().min(1),
    key: z.string().min(1),
  }),
]);
export type SignerReference = z.infer<typeof signerReference>;

/** Asks for what must not be written down: the passphrase of a file, the PIN of a token. */
export type SecretSource = (what: "passphrase" | "PIN", of: string) => Promise<string>;

/** Rejects with {@link SignerError}. Each kind's library is loaded when it is used. */
export async function openSigner(reference: SignerReference, secret: SecretSource): Promise<Signer> {
  switch (reference.kind) {
    case "key": {
      const { inProcessSigner } = await import("./in-process.ts");
      return inProcessSigner(readKey(reference.key), "the stack's development authority");
    }
    case "key-file": {
      const { keyFileSigner } = await import("./key-file.ts");
      return keyFileSigner(reference.file, await secret("passphrase", reference.file));
    }
    case "aws-kms":
      return (await import("./aws-kms.ts")).awsKmsSigner(reference);
    case "azure-key-vault":
      return (await import("./azure-key-vault.ts")).azureKeyVaultSigner(reference);
    case "pkcs11": {
      const { pkcs11Signer } = await import("./pkcs11.ts");
      return pkcs11Signer(reference, await secret("PIN", `token "${reference.token}"`));
    }
  }
}

function readKey(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SignerError("the authority's key in the stack is no private key in PEM");
  }
}
