/**
 * A client of the HTTP API: `new Fieldlake({ url, token })`. Types come from the schemas that check requests on the site;
 * at run time it is this file and `fetch`, in Node, a browser or a worker.
 */
import type { QuarantineItem, QueryAnswer } from "../../site/console/api.ts";
import type { Asked, Answered, JsonOperation } from "./types.ts";
import { addresses } from "./addresses.ts";
import { ProblemError, toError, UnreachableError } from "./errors.ts";
import { linesOf } from "./lines.ts";

export { ProblemError, UnreachableError };
export type { Asked, Answered };

export interface FieldlakeOptions {
  /** Where the page is: `http://127.0.0.1:8484/`. */
  readonly url: string;
  /** Of `npx fieldlake token create`. */
  readonly token: string;
  /** Milliseconds until the head of an answer has to be there; default 60,000. */
  readonly timeoutMs?: number;
  /** Further tries where the site is busy (429, 503), after as long as it says; default 3. */
  readonly retries?: number;
  readonly fetch?: typeof fetch;
}

type Statement = Asked<"export">;

const maxPauseMs = 60_000;

export class Fieldlake {
  readonly #options: Required<FieldlakeOptions>;

  constructor({ timeoutMs = 60_000, retries = 3, fetch: send = fetch, ...options }: FieldlakeOptions) {
    this.#options = { ...options, timeoutMs, retries, fetch: send };
  }

  /** Any operation by its name. Rejects with {@link ProblemError} or {@link UnreachableError}. */
  async ask<Name extends JsonOperation>(
    name: Name,
    asked: Asked<Name>,
    signal?: AbortSignal,
  ): Promise<Answered<Name>> {
    return (await (await this.#send(name, asked, signal)).json()) as Answered<Name>;
  }

  /** The first rows that a statement answers. */
  query(sql: string, more: Omit<Asked<"query">, "sql"> = {}, signal?: AbortSignal): Promise<QueryAnswer> {
    return this.ask("query", { ...more, sql }, signal);
  }

  /**
   * All rows, one at a time, in memory for one row. Whole numbers beyond 2^53 lose digits on the way: `CAST(… AS VARCHAR)`.
   * Ending the loop ends the transfer.
   */
  async *rows(
    sql: string,
    more: Omit<Statement, "sql" | "format"> = {},
    signal?: AbortSignal,
  ): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
    const { body } = await this.#send("export", { ...more, sql, format: "ndjson" }, signal);
    for await (const line of linesOf(body)) yield JSON.parse(line) as Readonly<Record<string, unknown>>;
  }

  /** A whole answer as a file: Parquet, CSV or JSON by lines. */
  async download(
    sql: string,
    more: Omit<Statement, "sql">,
    signal?: AbortSignal,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const { body } = await this.#send("export", { ...more, sql }, signal);
    return body ?? new Blob([]).stream();
  }

  /** A report that is kept, by its id in the list that `reports` answers; PDF unless told. */
  async report(
    id: string,
    form: "html" | "pdf" = "pdf",
    signal?: AbortSignal,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const { body } = await this.#send("report", { id, form }, signal);
    return body ?? new Blob([]).stream();
  }

  /** All of quarantine, newest first, a page at a time. */
  async *quarantined(signal?: AbortSignal): AsyncGenerator<QuarantineItem, void, undefined> {
    let before: string | undefined;
    do {
      const page = await this.ask(
        "quarantine",
        { limit: 50, ...(before === undefined ? {} : { before }) },
        signal,
      );
      yield* page.entries;
      before = page.next ?? undefined;
    } while (before !== undefined);
  }

  async #send(
    name: keyof typeof addresses,
    asked: object,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    for (let tried = 0; ; tried++) {
      const response = await this.#once(name, asked, signal);
      if (response.ok) return response;
      const isBusy = response.status === 429 || response.status === 503;
      if (!isBusy || tried >= this.#options.retries) throw await toError(response);
      await response.body?.cancel();
      await pause(Number(response.headers.get("retry-after") ?? 1) * 1000, signal);
    }
  }

  async #once(
    name: keyof typeof addresses,
    asked: object,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const { url, token, timeoutMs, fetch: send } = this.#options;
    const [method = "", path = ""] = addresses[name].split(" ");
    const address = new URL(`api${path}`, url.endsWith("/") ? url : `${url}/`);
    const isGet = method === "GET";
    if (isGet) for (const [key, value] of Object.entries(asked)) setParameter(address, key, value);
    // Until the head is there; reading takes as long as it takes.
    const late = new AbortController();
    const timer = setTimeout(
      () => late.abort(new DOMException("no answer in time", "TimeoutError")),
      timeoutMs,
    );
    try {
      return await send(address, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(isGet ? {} : { "content-type": "application/json" }),
        },
        ...(isGet ? {} : { body: JSON.stringify(asked) }),
        signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new UnreachableError(`${address.origin} does not answer`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

function setParameter(address: URL, name: string, value: unknown): void {
  if (value !== undefined) address.searchParams.set(name, String(value));
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(maxPauseMs, Math.max(0, milliseconds)));
  signal?.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(signal.reason as Error);
  });
  return promise;
}
