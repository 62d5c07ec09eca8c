import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultKeys } from "../../fleet/authority/certificate-request.ts";
import type { EstOptions } from "../../fleet/est/handler.ts";
import { rootsFile } from "../agreements.ts";
import { azureFetch } from "./azure-client.ts";
import { cosmosRegistryOf } from "./cosmos-registry.ts";
import { currentIssuer, readEnrolmentSettings } from "./enrolment-settings.ts";
import { required, type Environment } from "./environment.ts";
import { keyVaultSigner } from "./key-vault-signer.ts";

/** What the enrolment function of Azure works with. Throws an Error that names what is missing. @param folder of its package */
export function azureEnrolment(env: Environment, folder: string): EstOptions {
  const environment = required(env, "ENVIRONMENT");
  const fetch = azureFetch(env);
  const registry = cosmosRegistryOf(fetch, required(env, "COSMOS_ENDPOINT"));
  const { issuer, tokenKey } = readEnrolmentSettings(required(env, "FLEET_SETTINGS"));
  return {
    ...{ registry, environment, tokenKey },
    issuer: currentIssuer(registry, environment, issuer, (key) =>
      key.kind === "azure-key-vault" ? keyVaultSigner(fetch, key.keyUrl) : null,
    ),
    roots: readFileSync(join(folder, rootsFile), "utf8"),
    keys: defaultKeys,
    days: Number(required(env, "CERTIFICATE_DAYS")),
  };
}
