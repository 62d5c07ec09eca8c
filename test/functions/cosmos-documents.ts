/**
 * Documents of Cosmos DB by id: reads, ranges in pages, and transactional batches with versions. Refuses what Cosmos DB
 * refuses: another partition in a document, an id that can't be in a path, more operations than a batch takes.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { Answer } from "./azure-server.ts";

interface Kept {
  readonly body: Record<string, unknown>;
  readonly tag: string;
}
export type Documents = Map<string, Kept>;

interface Operation {
  readonly operationType: "Create" | "Replace" | "Upsert";
  readonly id?: string;
  readonly ifMatch?: string;
  readonly resourceBody: Record<string, unknown>;
}

const mostOperations = 100;
/** Small, so that what is read goes over pages. */
const pageSize = 3;
const rangeQuery = /^SELECT \* FROM c WHERE c\.id >= @from AND c\.id < @to ORDER BY c\.id (ASC|DESC)$/;
let version = 0;

export function cosmosDocuments(
  documents: Documents,
  method: string,
  id: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Answer {
  const [partition = ""] = JSON.parse(String(headers["x-ms-documentdb-partitionkey"])) as [string];
  if (method === "GET") {
    const found = documents.get(`${partition}/${decodeURIComponent(id)}`);
    return found === undefined ? { status: 404, body: { code: "NotFound" } } : ok(shown(found));
  }
  if (method !== "POST" || id !== "") return { status: 405 };
  const sent: unknown = JSON.parse(body.toString());
  if (headers["x-ms-documentdb-isquery"] === "true") return range(documents, partition, headers, sent);
  if (headers["x-ms-cosmos-is-batch-request"] !== "True" || headers["x-ms-cosmos-batch-atomic"] !== "True")
    return { status: 400, body: { code: "BadRequest" } };
  return batch(documents, partition, sent as readonly Operation[]);
}

const ok = (body: unknown, headers = {}): Answer => ({
  status: 200,
  body,
  headers: { "x-ms-session-token": `0:${version}`, ...headers },
});
const shown = ({ body, tag }: Kept) => ({ ...body, _etag: tag, _ts: 1, _rid: "r" });

function range(documents: Documents, partition: string, headers: IncomingHttpHeaders, sent: unknown): Answer {
  const { query, parameters } = sent as { query: string; parameters: { name: string; value: string }[] };
  const [, order] = rangeQuery.exec(query) ?? [];
  if (order === undefined) return { status: 400, body: { code: "BadRequest" } };
  const [from = "", to = ""] = ["@from", "@to"].map(
    (name) => parameters.find((one) => one.name === name)?.value,
  );
  const all = [...documents]
    .filter(([key]) => key.startsWith(`${partition}/`))
    .map(([key, kept]) => ({ id: key.slice(partition.length + 1), kept }))
    .filter(({ id }) => id >= from && id < to)
    .sort((one, other) => (one.id < other.id ? -1 : 1) * (order === "ASC" ? 1 : -1));
  const start = Number(headers["x-ms-continuation"] ?? 0);
  const more = start + pageSize < all.length ? { "x-ms-continuation": String(start + pageSize) } : {};
  return ok({ Documents: all.slice(start, start + pageSize).map(({ kept }) => shown(kept)) }, more);
}

/** Judged whole before anything is written, as a transaction. */
function batch(documents: Documents, partition: string, operations: readonly Operation[]): Answer {
  if (operations.length > mostOperations) return { status: 400, body: { code: "BadRequest" } };
  const seen = new Set<string>();
  const statuses = operations.map((operation) => {
    const id = String(operation.resourceBody["id"]);
    const kept = documents.get(`${partition}/${id}`);
    const isTwice = seen.has(id);
    seen.add(id);
    return isTwice ? 400 : statusOf(operation, partition, id, kept);
  });
  const failed = statuses.findIndex((status) => status >= 300);
  if (failed >= 0) {
    const results = statuses.map((status, place) => ({ statusCode: place === failed ? status : 424 }));
    return { ...ok(results), status: 207 };
  }
  for (const { resourceBody } of operations) {
    version += 1;
    documents.set(`${partition}/${String(resourceBody["id"])}`, { body: resourceBody, tag: `"${version}"` });
  }
  return ok(statuses.map((statusCode) => ({ statusCode })));
}

function statusOf(
  { operationType, id: named, ifMatch, resourceBody }: Operation,
  partition: string,
  id: string,
  kept: Kept | undefined,
): number {
  if (/[/\\?#]/.test(id) || resourceBody["p"] !== partition) return 400;
  if (operationType === "Create") return kept === undefined ? 201 : 409;
  if (operationType === "Upsert") return 200;
  if (operationType !== "Replace" || named !== id) return 400;
  if (kept === undefined) return 404;
  return kept.tag === ifMatch ? 200 : 412;
}
