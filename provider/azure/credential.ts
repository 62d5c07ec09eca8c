/** Who deploys: the identity that azure-native would use, found by the same environment variables. */
import { readFile } from "node:fs/promises";
import type { TokenCredential } from "@azure/identity";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * ARM_* as azure-native documents them (client secret, OIDC token, managed identity), else what `DefaultAzureCredential`
 * finds: AZURE_*, a managed identity, the Azure CLI. Throws an Error that names the variable that is missing.
 */
export async function deployingCredential(env: Environment): Promise<TokenCredential> {
  // Loaded when there is something to sign in for: it costs a quarter of a second.
  const identity = await import("@azure/identity");
  const required = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === "") {
      throw new Error(
        `${name}: received nothing; allowed: a value, or remove the other ARM_* variables and run az login`,
      );
    }
    return value;
  };
  if (env["ARM_USE_MSI"] === "true") {
    const clientId = env["ARM_CLIENT_ID"];
    return new identity.ManagedIdentityCredential(clientId === undefined ? {} : { clientId });
  }
  if (env["ARM_USE_OIDC"] === "true") {
    const token = async (): Promise<string> =>
      env["ARM_OIDC_TOKEN"] ?? (await readFile(required("ARM_OIDC_TOKEN_FILE_PATH"), "utf8")).trim();
    return new identity.ClientAssertionCredential(
      required("ARM_TENANT_ID"),
      required("ARM_CLIENT_ID"),
      token,
    );
  }
  if (env["ARM_CLIENT_SECRET"] !== undefined) {
    return new identity.ClientSecretCredential(
      required("ARM_TENANT_ID"),
      required("ARM_CLIENT_ID"),
      env["ARM_CLIENT_SECRET"],
    );
  }
  return new identity.DefaultAzureCredential();
}
