/** One partition of a container in Cosmos DB: documents by their ids, and writes of many that hold together or not at all. */
import type { AzureFetch } from "./azure-client.ts";

export interface CosmosPlace {
  /** Of the account, `https://<account>.documents…/` */
  readonly endpoint: string;
  readonly database: string;
  readonly container: string;
  /** Its path in the documents is `/p`. */
  readonly partition: string;
}

export interface Document {
  /** Holds neither / nor \ nor ? nor #. */
  readonly id: string;
  readonly [member: string]: unknown;
}

/** As it was read: what is written over it says which version it means. */
export interface Stored {
  readonly document: Document;
  readonly tag: string;
}

export interface Put {
  readonly document: Document;
  /** Version that it replaces; `null`: it must not be there yet; absent: whatever is there. */
  readonly tag?: string | null;
}

/** Operations of a transactional batch (Microsoft Learn, "Transactional batch operations", Limitations). */
export const mostOperations = 100;

const version = "2020-11-05";
const pageSize = 500;
/**
 * Of two session tokens, `0:-1#42` or `0:1#42#…`, the one that has seen more: answers may come out of order. Of another
 * range (before the first #), as behind a split, the newer one.
 */
function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return other ?? one;
  const [[range, seen], [newRange, more]] = [one.split("#"), other.split("#")];
  return range === newRange && Number(seen) > Number(more) ? one : other;
}

/** Statuses of an operation by which somebody else was faster, or the service is too busy. */
const raced: readonly number[] = [404, 409, 412, 429, 449];
const failedDependency = 424;

/** Every function rejects with an Error that names container and status. */
export function cosmosPartition(
  fetch: AzureFetch,
  { endpoint, database, container, partition }: CosmosPlace,
) {
  const { origin } = new URL(endpoint);
  const documents = `${origin}/dbs/${database}/colls/${container}/docs`;
  // What this process has written it reads, whichever copy answers.
  let session: string | null = null;
  const call = async (path: string, init: RequestInit & { headers?: Record<string, string> }) => {
    const headers = {
      "Content-Type": "application/json",
      ...init.headers,
      "x-ms-version": version,
      "x-ms-date": new Date().toUTCString(),
      "x-ms-documentdb-partitionkey": JSON.stringify([partition]),
      ...(session === null ? {} : { "x-ms-session-token": session }),
    };
    const answer = await fetch(origin, `${documents}${path}`, { ...init, headers }, (token) =>
      encodeURIComponent(`type=aad&ver=1.0&sig=${token}`),
    );
    session = later(session, answer.headers.get("x-ms-session-token"));
    return answer;
  };
  const failure = async (verb: string, answer: Response): Promise<Error> => {
    const code = /"code"\s*:\s*"([^"]+)"/.exec(await answer.text())?.[1] ?? "no code";
    return new Error(`could not ${verb} the container ${container}: HTTP ${answer.status}, ${code}`);
  };

  return {
    /** `null` where there is none. */
    async read(id: string): Promise<Stored | null> {
      const answer = await call(`/${encodeURIComponent(id)}`, { method: "GET" });
      if (answer.status === 404) return null;
      if (!answer.ok) throw await failure("read", answer);
      return stored((await answer.json()) as Document);
    },
    /** Those whose ids begin so, by their ids. */
    async *below(prefix: string, order: "ASC" | "DESC" = "ASC"): AsyncGenerator<Document> {
      const last = prefix.charCodeAt(prefix.length - 1);
      const parameters = [
        { name: "@from", value: prefix },
        { name: "@to", value: prefix.slice(0, -1) + String.fromCharCode(last + 1) },
      ];
      const query = `SELECT * FROM c WHERE c.id >= @from AND c.id < @to ORDER BY c.id ${order}`;
      for (let next: string | null = ""; next !== null;) {
        const answer: Response = await call("", {
          method: "POST",
          headers: {
            "Content-Type": "application/query+json",
            "x-ms-documentdb-isquery": "true",
            "x-ms-max-item-count": String(pageSize),
            ...(next === "" ? {} : { "x-ms-continuation": next }),
          },
          body: JSON.stringify({ query, parameters }),
        });
        if (!answer.ok) throw await failure("query", answer);
        const { Documents } = (await answer.json()) as { readonly Documents: readonly Document[] };
        for (const one of Documents) yield stored(one).document;
        next = answer.headers.get("x-ms-continuation");
      }
    },
    /** All or none; `false`: none, because one was not as it was read. At most {@link mostOperations}. */
    async write(puts: readonly Put[]): Promise<boolean> {
      const answer = await call("", {
        method: "POST",
        headers: {
          "x-ms-cosmos-is-batch-request": "True",
          "x-ms-cosmos-batch-atomic": "True",
          "x-ms-cosmos-batch-ordered": "True",
        },
        body: JSON.stringify(puts.map((put) => operation(put, partition))),
      });
      if (!answer.ok) throw await failure("write", answer);
      const results = (await answer.json()) as readonly { readonly statusCode: number }[];
      const failed = results.find(({ statusCode }) => statusCode >= 300 && statusCode !== failedDependency);
      if (failed === undefined && answer.status !== 207) return true;
      if (failed !== undefined && raced.includes(failed.statusCode)) return false;
      throw new Error(
        `could not write the container ${container}: an operation of the batch: ${failed?.statusCode}`,
      );
    },
  };
}
export type CosmosPartition = ReturnType<typeof cosmosPartition>;

/** Without what the service adds to it. */
function stored(read: Document): Stored {
  const own = Object.entries(read).filter(([member]) => !member.startsWith("_") && member !== "p");
  return { document: Object.fromEntries(own) as Document, tag: String(read["_etag"]) };
}

function operation({ document, tag }: Put, partition: string): object {
  const resourceBody = { ...document, p: partition };
  if (tag === undefined) return { operationType: "Upsert", resourceBody };
  if (tag === null) return { operationType: "Create", resourceBody };
  return { operationType: "Replace", id: document.id, ifMatch: tag, resourceBody };
}
