import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { defaultKeys } from "../../fleet/authority/certificate-request.ts";
import { sharedAllowance, type Allowance } from "../../fleet/est/allowance.ts";
import type { EstOptions } from "../../fleet/est/handler.ts";
import { rootsFile } from "../agreements.ts";
import { azureFetch } from "./azure-client.ts";
import { cosmosCounters } from "./cosmos-counters.ts";
import { cosmosRegistry, registryPlace } from "./cosmos-registry.ts";
import { currentIssuer, readEnrolmentSettings } from "./enrolment-settings.ts";
import { required, type Environment } from "./environment.ts";
import { allowed } from "./est-gate.ts";
import { keyVaultSecret } from "./key-vault-secret.ts";
import { keyVaultSigner } from "./key-vault-signer.ts";

export interface AzureEnrolment {
  readonly options: EstOptions;
  /** Of an address, counted beside the registry. */
  readonly allowance: Allowance;
}

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
): Promise<AzureEnrolment> {
  const environment = required(env, "ENVIRONMENT");
  const days = Number(required(env, "CERTIFICATE_DAYS"));
  const fetch = azureFetch(env);
  const place = registryPlace(required(env, "COSMOS_ENDPOINT"));
  const registry = cosmosRegistry(fetch, place);
  const kept = await keyVaultSecret(fetch, required(env, "FLEET_SETTINGS"), vaultOrigin);
  const { issuer, tokenKey } = readEnrolmentSettings(kept);
  const options = {
    ...{ registry, environment, tokenKey, days },
    issuer: currentIssuer(registry, environment, issuer, (key) =>
      key.kind === "azure-key-vault" ? keyVaultSigner(fetch, key.keyUrl, vaultOrigin) : null,
    ),
    roots: await readFile(join(folder, rootsFile), "utf8"),
    keys: defaultKeys,
  };
  const allowance = sharedAllowance(cosmosCounters(fetch, place), { ...allowed, key: tokenKey });
  return { options, allowance };
}
