/**
 * Azure as the functions use it, over HTTP: the identity endpoint of App Service, blobs that are created once, and items of
 * Cosmos DB with conditional patches. Refuses what Azure refuses: no token, a wrong checksum, an ill-formed condition.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { cosmosDocuments, type Documents } from "./cosmos-documents.ts";

export interface FakeAzure {
  readonly env: Readonly<Record<string, string>>;
  readonly origin: string;
  /** By `container/key`. */
  readonly blobs: Map<string, Buffer>;
  /** By `container/partition/id`. */
  readonly items: Map<string, Record<string, unknown>>;
  /** Bodies of the events that hubs took, by hub. */
  readonly events: Map<string, string[]>;
  /** Of any vault, by their addresses. */
  readonly secrets: Map<string, string>;
  /** Of the fleet's container, by `partition/id`. */
  readonly documents: Documents;
  /** `METHOD path` of every request but those for tokens. */
  readonly requests: string[];
  /** Resources that tokens were asked for. */
  readonly tokens: string[];
  /** Statuses that come before the true answers. */
  readonly failures: number[];
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const identitySecret = "secret-of-the-identity-endpoint";

/** @param tokenFor what it gives out, and takes, as a token for a resource */
export async function startFakeAzure(
  tokenFor = (resource: string) => `token for ${resource}`,
): Promise<FakeAzure> {
  const blobs = new Map<string, Buffer>();
  const items = new Map<string, Record<string, unknown>>();
  const documents: Documents = new Map();
  const events = new Map<string, string[]>();
  const secrets = new Map<string, string>();
  const [requests, tokens, failures]: [string[], string[], number[]] = [[], [], []];

  const token = (request: IncomingMessage, query: URLSearchParams): Answer => {
    const resource = query.get("resource") ?? "";
    if (request.headers["x-identity-header"] !== identitySecret || query.get("client_id") !== "client")
      return { status: 400 };
    tokens.push(resource);
    const expires_on = String(Math.floor(Date.now() / 1_000) + 3_600);
    return { status: 200, body: { access_token: tokenFor(resource), expires_on } };
  };

  const blob = (method: string, path: string, { headers }: IncomingMessage, body: Buffer): Answer => {
    if (headers.authorization !== `Bearer ${tokenFor("https://storage.azure.com")}`) return { status: 401 };
    const found = blobs.get(path);
    if (method === "GET")
      return found === undefined ? error(404, "BlobNotFound") : { status: 200, body: found };
    if (headers["if-none-match"] !== "*" || headers["x-ms-blob-type"] !== "BlockBlob")
      return error(400, "InvalidHeaderValue");
    if (headers["content-md5"] !== createHash("md5").update(body).digest("base64"))
      return error(400, "Md5Mismatch");
    if (found !== undefined) return error(409, "BlobAlreadyExists");
    blobs.set(path, body);
    return { status: 201 };
  };

  const cosmos = (method: string, path: string, { headers }: IncomingMessage, body: Buffer): Answer => {
    const authorization = decodeURIComponent(headers.authorization ?? "");
    if (authorization !== `type=aad&ver=1.0&sig=${tokenFor(fake.origin)}`) return { status: 401 };
    const [, container = "", id = ""] =
      /^dbs\/(?:fieldlake|access)\/colls\/([^/]+)\/docs(?:\/(.+))?$/.exec(path) ?? [];
    if (["fleet", "alarms", "tokens"].includes(container))
      return cosmosDocuments(documents, method, id, headers, body);
    const [partition] = JSON.parse(String(headers["x-ms-documentdb-partitionkey"])) as [string | number];
    if (method === "GET") {
      const found = items.get(`${container}/${partition}/${decodeURIComponent(id)}`);
      return found === undefined ? { status: 404, body: { code: "NotFound" } } : { status: 200, body: found };
    }
    const sent = JSON.parse(body.toString()) as Record<string, unknown>;
    if (headers["x-ms-documentdb-isquery"] === "true") {
      const { parameters } = sent as { parameters: { value: number }[] };
      const within = [...items]
        .filter(([key]) => key.startsWith(`${container}/${partition}/`))
        .map(([, item]) => ({ deviceId: String(item["id"]), lastSeen: Number(item["lastSeen"]) }))
        .filter(({ lastSeen }) => lastSeen < (parameters[0]?.value ?? 0));
      return {
        status: 200,
        body: { Documents: within.toSorted((one, other) => one.lastSeen - other.lastSeen) },
      };
    }
    const key = `${container}/${partition}/${method === "POST" ? String(sent["id"]) : decodeURIComponent(id)}`;
    const found = items.get(key);
    if (method === "POST") {
      if (found !== undefined) return { status: 409, body: { code: "Conflict" } };
      if (/[/\\?#]/.test(String(sent["id"]))) return { status: 400, body: { code: "BadRequest" } };
      items.set(key, sent);
      return { status: 201 };
    }
    if (found === undefined) return { status: 404, body: { code: "NotFound" } };
    const { condition, operations } = sent as {
      condition: string;
      operations: { op: string; path: string; value: unknown }[];
    };
    const [, bound] = /^from c where c\.at < (\d+)$/.exec(condition) ?? [];
    if (bound === undefined || operations.length > 10) return { status: 400, body: { code: "BadRequest" } };
    if (Number(found["at"]) >= Number(bound)) return { status: 412, body: { code: "PreconditionFailed" } };
    for (const { path: member, value } of operations) found[member.slice(1)] = value;
    return { status: 200 };
  };

  const hub = (name: string, query: URLSearchParams, { headers }: IncomingMessage, body: Buffer): Answer => {
    if (headers.authorization !== `Bearer ${tokenFor("https://eventhubs.azure.net")}`) return { status: 401 };
    const isBatch = headers["content-type"] === "application/vnd.microsoft.servicebus.json";
    if (!isBatch || query.get("api-version") !== "2014-01" || body.length > 1_048_576) return { status: 400 };
    const bodies = (JSON.parse(body.toString()) as { Body: string }[]).map((event) => event.Body);
    events.set(name, [...(events.get(name) ?? []), ...bodies]);
    return { status: 201 };
  };

  const secret = (path: string, query: URLSearchParams, { headers }: IncomingMessage): Answer => {
    if (headers.authorization !== `Bearer ${tokenFor("https://vault.azure.net")}`) return { status: 401 };
    const [, value] = [...secrets].find(([url]) => new URL(url).pathname === `/${path}`) ?? [];
    if (value === undefined || query.get("api-version") !== "7.4") return { status: 404 };
    return { status: 200, body: { value } };
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "" } = request;
      const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
      const path = pathname.slice(1);
      const body = Buffer.concat(chunks);
      let answer: Answer;
      if (path === "identity") answer = token(request, searchParams);
      else {
        requests.push(`${method} ${path}`);
        const failure = failures.shift();
        if (failure !== undefined) answer = { status: failure, headers: { "x-ms-retry-after-ms": "1" } };
        else if (path.startsWith("secrets/")) answer = secret(path, searchParams, request);
        else if (path.endsWith("/messages")) answer = hub(path.split("/")[0]!, searchParams, request, body);
        else if (path.startsWith("dbs/")) answer = cosmos(method, path, request, body);
        else answer = blob(method, decodeURIComponent(path), request, body);
      }
      response.writeHead(answer.status, answer.headers);
      response.end(
        answer.body instanceof Buffer
          ? answer.body
          : answer.body === undefined
            ? ""
            : JSON.stringify(answer.body),
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeAzure = {
    origin,
    env: {
      IDENTITY_ENDPOINT: `${origin}/identity`,
      IDENTITY_HEADER: identitySecret,
      AZURE_CLIENT_ID: "client",
    },
    ...{ blobs, items, documents, events, secrets, requests, tokens, failures },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return fake;
}

const error = (status: number, code: string): Answer => ({ status, headers: { "x-ms-error-code": code } });
