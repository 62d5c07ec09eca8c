/** Talks to a site over its control socket: used by the provider and the command line. */
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import type { QueryOptions, QueryResult } from "./ports.ts";
import type { ModuleName, ModuleSettings } from "./settings.ts";

/** What a running site writes to `<run folder>/site.json`. */
export interface SiteRecord {
  readonly pid: number;
  readonly socket: string;
  readonly version: string;
  readonly startedAt: string;
}

export interface ModuleHealth {
  readonly state: "running" | "stopped" | "failed";
  readonly error?: string;
}

export interface SiteHealth extends Omit<SiteRecord, "socket"> {
  readonly modules: Partial<Record<ModuleName, ModuleHealth>>;
}

/** The site answered, and refused. */
export class SiteError extends Error {
  override readonly name = "SiteError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Nobody answers at the control socket: the site is not running. */
export class SiteUnreachableError extends Error {
  override readonly name = "SiteUnreachableError";
}

/** No socket, a stale one, or one whose process ended while it was being asked. */
const goneCodes: readonly unknown[] = ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE"];

export const isSiteUnreachable = (error: unknown): boolean => error instanceof SiteUnreachableError;

/** Null where no site has ever run there, or it was stopped. */
export function readSiteRecord(runFolder: string): SiteRecord | null {
  try {
    return JSON.parse(readFileSync(join(runFolder, "site.json"), "utf8")) as SiteRecord;
  } catch {
    return null;
  }
}

export class SiteClient {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** The site of a run folder; throws {@link SiteUnreachableError} where there is none. */
  static at(runFolder: string): SiteClient {
    const record = readSiteRecord(runFolder);
    if (record === null) return new SiteClient("");
    return new SiteClient(record.socket);
  }

  health(): Promise<SiteHealth> {
    return this.call("GET", "/health");
  }

  putModule<Name extends ModuleName>(name: Name, settings: ModuleSettings[Name] | object): Promise<void> {
    return this.call("PUT", `/modules/${name}`, settings);
  }

  deleteModule(name: ModuleName): Promise<void> {
    return this.call("DELETE", `/modules/${name}`);
  }

  query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    return this.call("POST", "/query", { sql, ...options });
  }

  stop(): Promise<void> {
    return this.call("POST", "/stop");
  }

  /** Throws {@link SiteError} on a refusal, {@link SiteUnreachableError} where nobody answers. */
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.send(method, path, body === undefined ? "" : JSON.stringify(body), "application/json");
  }

  /** Like {@link call}, with a body that is no JSON. */
  send<Answer>(
    method: string,
    path: string,
    body: string | Uint8Array,
    type = "application/octet-stream",
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#socket === "") {
        reject(
          new SiteUnreachableError(
            "the site is not running: start it with `npm start` or `npx fieldlake start`",
          ),
        );
        return;
      }
      const outgoing = request(
        { socketPath: this.#socket, method, path, headers: { "content-type": type } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const answer = parsed(Buffer.concat(chunks).toString("utf8"));
            if ((response.statusCode ?? 500) < 400) resolve(answer as Answer);
            else reject(refusal(answer, response.statusCode));
          });
        },
      );
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        const isGone = goneCodes.includes(error.code);
        reject(
          isGone ? new SiteUnreachableError("the site is not running: start it with `npm start`") : error,
        );
      });
      outgoing.end(body);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return { error: { code: "not-json", message: text.slice(0, 200) } };
  }
}

function refusal(answer: unknown, status: number | undefined): SiteError {
  const error = (answer as { error?: { code?: string; message?: string } } | undefined)?.error;
  return new SiteError(error?.code ?? String(status), error?.message ?? `the site answered ${status}`);
}
