/** A server that stands in for Azure's data planes: what the provider asks, it writes down, and answers as it is told. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface AzureCall {
  readonly method: string;
  /** Host and path that the call was for, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface AzureAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AzureServer {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  readonly calls: AzureCall[];
  close(): Promise<void>;
}

export async function azureServer(answer: (call: AzureCall) => AzureAnswer): Promise<AzureServer> {
  const calls: AzureCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const [path = "", query = ""] = (request.url ?? "").slice(1).split("?");
      const { method = "", headers } = request;
      const call = { method, path, query, headers, body: Buffer.concat(chunks) };
      calls.push(call);
      const { status, body, headers: own = {} } = answer(call);
      response.writeHead(status, { "content-type": "application/json", ...own });
      response.end(body === undefined ? "" : JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, calls, close: () => closed(server) };
}

const closed = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.closeAllConnections();
    server.close(() => done());
  });

/** The deployment endpoint of function apps, on which everything succeeds. */
export const deploys = ({ path }: AzureCall): AzureAnswer =>
  path.endsWith("/api/publish") ? { status: 202 } : { status: 200, body: { status: 4, complete: true } };
