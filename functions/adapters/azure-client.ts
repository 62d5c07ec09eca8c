import type { Environment } from "./aws-client.ts";
import { required } from "./aws-client.ts";
import { persistent } from "./persistent.ts";

/** A request to an Azure service in the name of the function's own identity, its answer read whole. */
export interface AzureFetch {
  (url: string, init: RequestInit): Promise<Response>;
}

/** Milliseconds before its end at which a token is no longer used. */
const margin = 300_000;

/**
 * Access to the services of one resource, by the token service of Functions; there is no key anywhere.
 * Source: Microsoft Learn, "How to use managed identities for App Service and Azure Functions", REST endpoint reference.
 * @param resource audience of the tokens, for example `https://storage.azure.com/`
 */
export function azureAccess(env: Environment, resource: string, ask: typeof fetch = fetch): AzureFetch {
  const endpoint = required(env, "IDENTITY_ENDPOINT");
  const header = required(env, "IDENTITY_HEADER");
  const query = new URLSearchParams({ "api-version": "2019-08-01", resource });
  query.set("client_id", required(env, "IDENTITY_CLIENT_ID"));
  let token: Promise<Token> | undefined;

  const fresh = async (): Promise<Token> => {
    const request = { headers: { "X-IDENTITY-HEADER": header } };
    const answer = await persistent((signal) => ask(`${endpoint}?${query}`, { ...request, signal }));
    if (!answer.ok)
      throw new Error(`no token for ${resource} from the identity endpoint: HTTP ${answer.status}`);
    const { access_token, expires_on } = (await answer.json()) as {
      access_token: string;
      expires_on: string;
    };
    return { value: access_token, expires: Number(expires_on) * 1_000 };
  };
  const current = async (): Promise<string> => {
    // One question for all requests that wait; a failure is not kept.
    const asked = (token ??= fresh().catch((error: unknown) => {
      token = undefined;
      throw error;
    }));
    const { value, expires } = await asked;
    if (expires - margin > Date.now()) return value;
    if (token === asked) token = undefined;
    return (await (token ??= fresh())).value;
  };
  return async (url, init) => {
    const authorization = `Bearer ${await current()}`;
    const headers = { ...(init.headers as Record<string, string>), authorization };
    return await persistent((signal) => ask(url, { ...init, headers, signal }));
  };
}

interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}
