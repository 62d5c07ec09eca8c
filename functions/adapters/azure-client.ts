import { required, type Environment } from "./environment.ts";

/** A request with a bearer token of the function's own identity: the whole of the SDKs that the hot path needs. */
export interface AzureFetch {
  /** @param resource whose token, for example `https://storage.azure.com` */
  (
    resource: string,
    url: string,
    init: RequestInit,
    authorization?: (token: string) => string,
  ): Promise<Response>;
}

/** Attempts after the first, on throttling and server errors, with doubling pauses from 100 ms on. */
const retries = 5;
const firstPauseMs = 100;
/** Longest pause that a service may ask for. */
const longestPauseMs = 30_000;
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
    for (let attempt = 0; ; attempt++) {
      const headers = { ...init.headers, Authorization: authorization(await token(resource)) };
      const answer = await fetch(url, { ...init, headers });
      if (attempt === retries || (answer.status !== 429 && answer.status < 500)) return answer;
      await answer.body?.cancel();
      await pause(answer, attempt);
    }
  };
}

async function askToken(
  endpoint: string,
  secret: string,
  clientId: string,
  resource: string,
): Promise<Token> {
  const query = new URLSearchParams({ resource, "api-version": "2019-08-01", client_id: clientId });
  const answer = await fetch(`${endpoint}?${query}`, { headers: { "X-IDENTITY-HEADER": secret } });
  if (!answer.ok) throw new Error(`no token for ${resource}: HTTP ${answer.status} of the identity endpoint`);
  const { access_token, expires_on } = (await answer.json()) as { access_token: string; expires_on: string };
  return { value: access_token, until: Number(expires_on) * 1_000 };
}

async function pause(answer: Response, attempt: number): Promise<void> {
  const asked = Number(answer.headers.get("x-ms-retry-after-ms") ?? NaN);
  const seconds = Number(answer.headers.get("retry-after") ?? NaN);
  const own = firstPauseMs * 2 ** attempt;
  const wanted = Number.isFinite(asked) ? asked : Number.isFinite(seconds) ? seconds * 1_000 : own;
  await new Promise((done) => setTimeout(done, Math.min(wanted, longestPauseMs)));
}
