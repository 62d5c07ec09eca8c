import { createPublicKey, type JsonWebKey } from "node:crypto";
import { asSigner, FinalSignerError, SignerError, type Signer } from "../../fleet/authority/signer.ts";
import { ecdsaSignature } from "../../fleet/authority/signers/ecdsa.ts";
import { signingAlgorithm } from "../../fleet/x509/algorithms.ts";
import { vaultResource } from "../azure-agreements.ts";
import type { AzureFetch } from "./azure-client.ts";

/** As many as a function has under way at once. */
const concurrency = 4;
const apiVersion = "7.4";
const algorithms: Readonly<Record<string, string>> = {
  "ECDSA with SHA-256": "ES256",
  "ECDSA with SHA-384": "ES384",
  "ECDSA with SHA-512": "ES512",
  "RSA with SHA-256": "RS256",
};
/** The token goes to nobody but a vault. */
const vaultKey =
  /^https:\/\/[a-z0-9-]+\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)\/keys\/[^/]+(\/[^/]+)?$/i;

interface Answer {
  readonly key?: JsonWebKey & { readonly kid: string };
  readonly value?: string;
}

/**
 * A key in Azure Key Vault, by the function's own identity: the SDK is more than the rest of its bundle. Rejects with
 * SignerError. @param origin where the vault is reached; default: its own address
 */
export async function keyVaultSigner(fetch: AzureFetch, keyUrl: string, origin?: string): Promise<Signer> {
  const description = `Azure Key Vault key ${keyUrl}`;
  if (!vaultKey.test(keyUrl))
    throw new SignerError(`${description}: allowed: https://<vault>.vault.azure.net/keys/<name>`);
  const call = async (url: string, init: RequestInit): Promise<Answer> => {
    const at = origin === undefined ? url : url.replace(new URL(url).origin, origin);
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(vaultResource, `${at}?api-version=${apiVersion}`, { ...init, headers });
    if (answer.ok) return (await answer.json()) as Answer;
    const message = `${description}: HTTP ${answer.status}`;
    throw answer.status < 500 ? new FinalSignerError(message) : new SignerError(message);
  };
  const { key } = await call(keyUrl, { method: "GET" });
  if (key === undefined || !vaultKey.test(key.kid))
    throw new SignerError(`${description}: the vault named no key`);
  // The HSM's kinds have a name of their own for the same numbers (RFC 7518 knows EC and RSA).
  const jwk = { ...key, kty: String(key.kty).replace("-HSM", "") } as JsonWebKey;
  const publicKey = createPublicKey({ format: "jwk", key: jwk });
  const alg = algorithms[signingAlgorithm(publicKey).name] ?? "";
  return asSigner({
    description,
    publicKey: publicKey.export({ format: "der", type: "spki" }),
    concurrency,
    async sign(_message, digest) {
      const body = JSON.stringify({ alg, value: digest.toString("base64url") });
      const { value = "" } = await call(`${key.kid}/sign`, { method: "POST", body });
      const raw = Buffer.from(value, "base64url");
      return alg.startsWith("ES") ? ecdsaSignature(raw) : raw;
    },
  });
}
