import { persistent } from "./persistent.ts";
import { required, type Environment } from "./environment.ts";

/** A request with a token of the function's own identity, its answer read whole: all of the SDKs that the hot path needs. */
export interface AzureFetch {
  /** @param resource whose token, for example `https://storage.azure.com` */
  (
    resource: string,
    url: string,
    init: RequestInit,
    authorization?: (token: string) => string,
  ): Promise<Response>;
}

/** A token is renewed this long before its end. */
const marginMs = 300_000;

interface Token {
  readonly value: string;
  readonly until: number;
}

/**
 * From the environment that App Service gives: the endpoint of its managed identities (Microsoft Learn, "How to use
 * managed identities for App Service and Azure Functions", REST endpoint reference).
 */
export function azureFetch(env: Environment, now: () => number = Date.now): AzureFetch {
  const endpoint = required(env, "IDENTITY_ENDPOINT");
  const secret = required(env, "IDENTITY_HEADER");
  const clientId = required(env, "AZURE_CLIENT_ID");
  const tokens = new Map<string, Promise<Token>>();

  const token = async (resource: string): Promise<string> => {
    const known = await tokens.get(resource)?.catch(() => undefined);
    if (known !== undefined && known.until - marginMs > now()) return known.value;
    const asked = askToken(endpoint, secret, clientId, resource);
    tokens.set(resource, asked);
    return (await asked).value;
  };

  return async (resource, url, init, authorization = (value) => `Bearer ${value}`) => {
    const headers = { ...init.headers, Authorization: authorization(await token(resource)) };
    return await persistent((signal) => fetch(url, { ...init, headers, signal }));
  };
}

async function askToken(
  endpoint: string,
  secret: string,
  clientId: string,
  resource: string,
): Promise<Token> {
  const query = new URLSearchParams({ resource, "api-version": "2019-08-01", client_id: clientId });
  const headers = { "X-IDENTITY-HEADER": secret };
  const answer = await persistent((signal) => fetch(`${endpoint}?${query}`, { headers, signal }));
  if (!answer.ok) throw new Error(`no token for ${resource}: HTTP ${answer.status} of the identity endpoint`);
  const { access_token, expires_on } = (await answer.json()) as { access_token: string; expires_on: string };
  return { value: access_token, until: Number(expires_on) * 1_000 };
}
