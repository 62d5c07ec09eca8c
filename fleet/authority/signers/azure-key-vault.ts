/** A key in Azure Key Vault or Managed HSM, over its REST interface; identity as `@azure/identity` finds it. */
import { createPublicKey, type JsonWebKey } from "node:crypto";
import { z } from "zod";
import { signingAlgorithm } from "../../x509/algorithms.ts";
import { asSigner, FinalSignerError, SignerError, type RemoteLimits, type Signer } from "../signer.ts";
import { ecdsaSignature } from "./ecdsa.ts";

export interface AzureKeyVaultKey {
  /** `https://<vault>.vault.azure.net/keys/<name>` with or without a version; without one, the newest at the start. */
  readonly keyUrl: string;
}

/** Hands out a bearer token for the vault. */
export type TokenSource = () => Promise<string>;

/** 2,000 signatures in 10 s of software keys, 1,000 of HSM keys a vault (learn.microsoft.com: Key Vault limits). */
const concurrency = 8;
const apiVersion = "7.4";

const algorithms: Readonly<Record<string, string>> = {
  "ECDSA with SHA-256": "ES256",
  "ECDSA with SHA-384": "ES384",
  "ECDSA with SHA-512": "ES512",
  "RSA with SHA-256": "RS256",
};

const keyAnswer = z.object({
  key: z.looseObject({ kid: z.url(), kty: z.string(), crv: z.string().optional() }),
});
const signAnswer = z.object({ value: z.string() });

/** Rejects with {@link SignerError}. */
export async function azureKeyVaultSigner(
  { keyUrl }: AzureKeyVaultKey,
  limits: Partial<RemoteLimits> = {},
  token: TokenSource = defaultToken(keyUrl),
): Promise<Signer> {
  const description = `Azure Key Vault key ${keyUrl}`;
  const { key } = keyAnswer.parse(
    await call(keyUrl, "GET", undefined, token, AbortSignal.timeout(limits.timeout ?? 10_000)).catch(
      (error: Error) => {
        throw new SignerError(`${description} can't be used: ${error.message}`, { cause: error });
      },
    ),
  );
  // The HSM's kinds have a name of their own for the same numbers (RFC 7518 knows EC and RSA).
  const jwk = { ...key, kty: key.kty.replace("-HSM", "") } as JsonWebKey;
  const publicKey = createPublicKey({ format: "jwk", key: jwk });
  const { name } = signingAlgorithm(publicKey);
  const alg = algorithms[name] as string;
  return asSigner(
    {
      description,
      publicKey: publicKey.export({ format: "der", type: "spki" }),
      concurrency,
      async sign(_message, digest, signal) {
        const body = { alg, value: digest.toString("base64url") };
        const { value } = signAnswer.parse(await call(`${key.kid}/sign`, "POST", body, token, signal));
        const raw = Buffer.from(value, "base64url");
        return alg.startsWith("ES") ? ecdsaSignature(raw) : raw;
      },
    },
    limits,
  );
}

async function call(
  url: string,
  method: string,
  body: object | undefined,
  token: TokenSource,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await fetch(`${url}?api-version=${apiVersion}`, {
    method,
    headers: { authorization: `Bearer ${await token()}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: "error",
    signal,
  });
  if (response.ok) return response.json();
  const message = `${response.status} ${(await response.text()).slice(0, 300)}`;
  // 429 and 5xx pass; what is refused stays refused.
  if (response.status !== 429 && response.status < 500) throw new FinalSignerError(message);
  throw new Error(message);
}

/** The token goes to nobody but a vault: over TLS, and for the scope of the vault's own domain. */
function defaultToken(keyUrl: string): TokenSource {
  const { protocol, hostname } = new URL(keyUrl);
  if (protocol !== "https:") {
    throw new SignerError(`keyUrl: received ${keyUrl}; allowed: https://<vault>.vault.azure.net/keys/<name>`);
  }
  const scope = `https://${hostname.split(".").slice(1).join(".")}/.default`;
  let credential: Promise<{ getToken(scope: string): Promise<{ token: string } | null> }> | undefined;
  return async () => {
    credential ??= import("@azure/identity").then(
      ({ DefaultAzureCredential }) => new DefaultAzureCredential(),
    );
    const answer = await (await credential).getToken(scope);
    if (answer === null) throw new FinalSignerError("no identity of Azure was found: run `az login`");
    return answer.token;
  };
}
