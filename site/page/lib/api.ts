/** Asks this page's own server; every fault has a kind that the page can act on. */
import type { Problem } from "../../console/api.ts";

/** The server does not answer. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** The session ended, or the token changed. */
export class DeniedError extends Error {
  override readonly name = "DeniedError";
}

/** The server answered that it can't; `message` is for people. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export type Asked = Readonly<Record<string, string | number | boolean | undefined>>;

const timeoutMs = 20_000;

/** Rejects with one of the errors above, or with an AbortError where `signal` aborted. */
export async function ask<Answer>(path: string, asked: Asked = {}, signal?: AbortSignal): Promise<Answer> {
  return request(addressOf(path, asked), {}, signal, timeoutMs, json<Answer>);
}

function addressOf(path: string, asked: Asked): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return `/api/${path}${parameters.size > 0 ? `?${parameters}` : ""}`;
}

/** As {@link ask}, with bytes as the body. */
export async function postBytes<Answer>(
  path: string,
  asked: Asked,
  body: Uint8Array<ArrayBuffer>,
  signal?: AbortSignal,
): Promise<Answer> {
  const init = { method: "POST", body, headers: { "content-type": "application/octet-stream" } };
  return request(addressOf(path, asked), init, signal, 2 * timeoutMs, json<Answer>);
}

/** As {@link ask}, with a JSON body; waits longer, because a person asked. */
export async function post<Answer>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
  const init = {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
  return request(`/api/${path}`, init, signal, 2 * timeoutMs, json<Answer>);
}

/** As {@link post}, answered by a file; waits as long as an export may take. */
export async function postForFile(path: string, body: unknown, signal?: AbortSignal): Promise<Blob> {
  const init = {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
  return request(`/api/${path}`, init, signal, 5 * timeoutMs, (response) => response.blob());
}

const json = async <Answer>(response: Response): Promise<Answer> => (await response.json()) as Answer;

async function request<Answer>(
  path: string,
  init: RequestInit,
  signal: AbortSignal | undefined,
  milliseconds: number,
  read: (response: Response) => Promise<Answer>,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(milliseconds);
  try {
    const response = await fetch(path, {
      ...init,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    if (response.ok) return await read(response);
    throw await refusal(response);
  } catch (error) {
    if (error instanceof RefusedError || error instanceof DeniedError || signal?.aborted === true)
      throw error;
    throw new UnreachableError("the site does not answer", { cause: error });
  }
}

async function refusal(response: Response): Promise<Error> {
  const answer = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const message = answer?.detail ?? `the site answered ${response.status}`;
  return response.status === 401 ? new DeniedError(message) : new RefusedError(response.status, message);
}

/** Nobody waits for the answer any more: no reason to say anything. */
export const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "AbortError";
