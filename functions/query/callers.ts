/**
 * Who asks reads with a token of their own: what Azure's roles let them read is what they are answered from, and the function
 * may read nothing by itself. A token is held as long as its question takes and goes to the lake's own containers only.
 */
import { blobVersion, errorCode, storageResource } from "../adapters/blob.ts";
import type { AzureFetch } from "../adapters/azure-client.ts";
import { persistent } from "../adapters/persistent.ts";

/** A request that asks something. */
export interface Asked {
  readonly headers: { get(name: string): string | null };
  /** The body; null where it is no JSON. */
  readonly json: () => Promise<unknown>;
}

/**
 * Answers by what the caller may read: 401 or 403 before the question is looked at.
 *
 * @param containers of the lake, by their address
 * @param answering what answers from Storage as whom it is given
 */
export function byTheirRoles<Answer extends object>(
  containers: readonly string[],
  answering: (fetch: AzureFetch) => (question: unknown) => Promise<Answer>,
) {
  return async ({ headers, json }: Asked): Promise<Answer | Refusal> => {
    try {
      const fetch = callersFetch(callersToken(headers.get("authorization")), containers);
      await mayRead(fetch, containers);
      return await answering(fetch)(await json());
    } catch (error) {
      if (!(error instanceof CallerError)) throw error;
      const { status, message } = error;
      return { status, headers: { "WWW-Authenticate": "Bearer" }, jsonBody: { error: message } };
    }
  };
}

interface Refusal {
  readonly status: 401 | 403;
  readonly headers: { readonly "WWW-Authenticate": "Bearer" };
  readonly jsonBody: { readonly error: string };
}

/** Who asked may not. The message is for them. */
class CallerError extends Error {
  override readonly name = "CallerError";
  readonly status: 401 | 403;
  constructor(status: 401 | 403, message: string) {
    super(message);
    this.status = status;
  }
}

/** RFC 6750, 2.1. */
const bearer = /^Bearer +([\w.~+/-]+=*)$/i;

/** @param authorization of the request. Throws a {@link CallerError} where there is no token in it */
function callersToken(authorization: string | null): string {
  const [, token] = bearer.exec(authorization ?? "") ?? [];
  if (token !== undefined) return token;
  throw new CallerError(
    401,
    `Authorization: received ${authorization === null ? "nothing" : "no bearer token"}; allowed: Bearer and a token for ${storageResource} (az account get-access-token --resource ${storageResource}) of who may read the lake`,
  );
}

/** What asks Storage as the caller: it reads, and below the containers only. @param containers by their address */
export function callersFetch(token: string, containers: readonly string[]): AzureFetch {
  return async (_resource, url, init) => {
    const { method = "GET" } = init;
    const address = new URL(url);
    const inside = containers.some((one) => `${address.origin}${address.pathname}/`.startsWith(`${one}/`));
    if (!inside || !["GET", "HEAD"].includes(method))
      throw new Error(`a caller's token goes into no ${method} ${address.origin}${address.pathname}`);
    const headers = { ...init.headers, Authorization: `Bearer ${token}` };
    return await persistent((signal) => fetch(url, { ...init, headers, signal, redirect: "error" }));
  };
}

/**
 * Resolves where the caller may list each of the containers, which a question does first; throws a {@link CallerError} where
 * Storage knows them not (401) or lets them not (403), an Error where it can't say.
 */
async function mayRead(fetch: AzureFetch, containers: readonly string[]): Promise<void> {
  const query = new URLSearchParams({ restype: "container", comp: "list", maxresults: "1" });
  for (const container of containers) {
    const answer = await fetch(storageResource, `${container}?${query}`, {
      method: "GET",
      headers: { "x-ms-version": blobVersion },
    });
    if (answer.ok) continue;
    const said = `HTTP ${answer.status}, ${await errorCode(answer)}`;
    // A token that is none at all is a request that is none.
    if (answer.status === 400 || answer.status === 401)
      throw new CallerError(
        401,
        `Authorization: Azure Storage takes the token not (${said}); allowed: one for ${storageResource}, of the environment's tenant, that has not ended`,
      );
    if (answer.status === 403)
      throw new CallerError(
        403,
        `the caller may not read ${container} (${said}); allowed: identities with the role "Storage Blob Data Reader" on it, some minutes after az role assignment create`,
      );
    throw new Error(`could not list ${container}: ${said}`);
  }
}
