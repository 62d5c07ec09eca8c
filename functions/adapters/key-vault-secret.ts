import { vaultResource } from "../azure-agreements.ts";
import type { AzureFetch } from "./azure-client.ts";

const apiVersion = "7.4";
/** The token goes to nobody but a vault. */
const vaultSecret =
  /^https:\/\/[a-z0-9-]+\.vault\.(azure\.net|azure\.cn|usgovcloudapi\.net)\/secrets\/[a-z0-9-]+(\/[a-z0-9]+)?$/i;

/**
 * A secret text in Azure Key Vault, by the function's own identity: App Service's references reach no vault that is closed
 * to public networks by service endpoints (Microsoft Learn, "Azure Functions networking options"). Rejects with an Error
 * where it can't be had, without anything of it.
 *
 * @param origin where the vault is reached; default: its own address
 */
export async function keyVaultSecret(fetch: AzureFetch, secretUrl: string, origin?: string): Promise<string> {
  if (!vaultSecret.test(secretUrl))
    throw new Error(
      `the secret's address: received ${secretUrl}; allowed: https://<vault>.vault.azure.net/secrets/<name>/<version>`,
    );
  const at = origin === undefined ? secretUrl : secretUrl.replace(new URL(secretUrl).origin, origin);
  const answer = await fetch(vaultResource, `${at}?api-version=${apiVersion}`, { method: "GET" });
  if (!answer.ok) throw new Error(`the secret ${secretUrl} can't be read: HTTP ${answer.status}`);
  const { value } = (await answer.json()) as { readonly value?: string };
  return value ?? "";
}
