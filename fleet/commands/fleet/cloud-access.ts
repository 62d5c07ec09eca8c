/** Who the command is to a cloud: by the environment for AWS, by `@azure/identity` for Azure. */
import { awsAccess, type AwsAccess } from "../../../functions/adapters/aws-client.ts";
import type { AzureFetch } from "../../../functions/adapters/azure-client.ts";
import { persistent } from "../../../functions/adapters/persistent.ts";
import { CommandError, exitCodes } from "../../errors.ts";

/** Azure's tokens are good for an hour at least. */
const goodMs = 1_800_000;
/** A server that stands in for Azure (provider/azure/service.ts): `https://<host>/…` is `<server>/<host>/…` there. */
const standIn = "FIELDLAKE_AZURE_ENDPOINT";

/** Throws {@link CommandError} that names what is missing. @param what for the message, such as `sync aws` */
export function awsAccessOf(what: string, region: string | undefined): AwsAccess {
  const env = { ...process.env, ...(region === undefined ? {} : { AWS_REGION: region }) };
  const missing = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].filter(
    (name) => !env[name as never],
  );
  if (missing.length === 0) return awsAccess(env);
  throw new CommandError(
    `${what}: ${missing.join(", ")} not set`,
    exitCodes.usage,
    "--region names the region of `sync aws`; `aws configure export-credentials --format env` gives the others",
  );
}

/** Tokens for a resource of Azure, such as `https://management.azure.com`, remembered. */
export function azureTokens(): (resource: string) => Promise<string> {
  const known = new Map<string, { readonly token: Promise<string>; readonly at: number }>();
  return (resource) => {
    const last = known.get(resource);
    if (last !== undefined && Date.now() - last.at <= goodMs) return last.token;
    const token = askToken(`${resource}/.default`);
    known.set(resource, { token, at: Date.now() });
    token.catch(() => known.delete(resource));
    return token;
  };
}

async function askToken(scope: string): Promise<string> {
  // No credential goes to a stand-in.
  if (process.env[standIn] !== undefined) return "none";
  const { DefaultAzureCredential } = await import("@azure/identity");
  return (await new DefaultAzureCredential().getToken(scope)).token;
}

/** Where an address of Azure is reached. */
export function azureAddress(url: string): string {
  const server = process.env[standIn];
  return server === undefined ? url : url.replace(/^https:\/\//, `${server}/`);
}

/** A request as {@link azureTokens} says, again where the service asks for patience. */
export function azureFetchOf(tokens = azureTokens()): AzureFetch {
  return async (resource, url, init, authorization = (token) => `Bearer ${token}`) => {
    const headers = { ...init.headers, Authorization: authorization(await tokens(resource)) };
    return persistent((signal) => fetch(azureAddress(url), { ...init, headers, signal }));
  };
}
