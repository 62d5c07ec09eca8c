import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { defaultKeys } from "../../fleet/authority/certificate-request.ts";
import type { EstOptions } from "../../fleet/est/handler.ts";
import { rootsFile } from "../agreements.ts";
import { azureFetch } from "./azure-client.ts";
import { cosmosRegistryOf } from "./cosmos-registry.ts";
import { currentIssuer, readEnrolmentSettings } from "./enrolment-settings.ts";
import { required, type Environment } from "./environment.ts";
import { keyVaultSecret } from "./key-vault-secret.ts";
import { keyVaultSigner } from "./key-vault-signer.ts";

/**
 * What the enrolment function of Azure works with. Rejects with an Error that names what is missing.
 *
 * @param folder of its package
 * @param vaultOrigin where vaults are reached; default: their own addresses
 */
export async function azureEnrolment(
  env: Environment,
  folder: string,
  vaultOrigin?: string,
): Promise<EstOptions> {
  const environment = required(env, "ENVIRONMENT");
  const days = Number(required(env, "CERTIFICATE_DAYS"));
  const fetch = azureFetch(env);
  const registry = cosmosRegistryOf(fetch, required(env, "COSMOS_ENDPOINT"));
  const kept = await keyVaultSecret(fetch, required(env, "FLEET_SETTINGS"), vaultOrigin);
  const { issuer, tokenKey } = readEnrolmentSettings(kept);
  return {
    ...{ registry, environment, tokenKey, days },
    issuer: currentIssuer(registry, environment, issuer, (key) =>
      key.kind === "azure-key-vault" ? keyVaultSigner(fetch, key.keyUrl, vaultOrigin) : null,
    ),
    roots: await readFile(join(folder, rootsFile), "utf8"),
    keys: defaultKeys,
  };
}
