/** A proxy in front of a real server, that does what networks and busy services do. */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";

/**
 * - an answer of the proxy's own: throttled, or out of order
 * - `cut-request`: the connection ends before the server has heard of it
 * - `cut-answer`: the server has done what it was asked, and half of its answer arrives
 */
export type Trouble =
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
  | "cut-request"
  | "cut-answer";

export interface FlakyProxy {
  readonly url: string;
  /** What happens to the next requests, one each; then all go through. */
  next(...troubles: readonly Trouble[]): void;
  /** Every request from now on, until called with null. */
  always(trouble: Trouble | null): void;
  /** Method and path of all requests so far. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** @param target of which the certificate, if any, is not checked */
export async function startFlakyProxy(target: string): Promise<FlakyProxy> {
  const seen: string[] = [];
  let queue: Trouble[] = [];
  let standing: Trouble | null = null;
  const send = target.startsWith("https:") ? httpsRequest : httpRequest;

  const forward = (request: IncomingMessage, body: Buffer, response: ServerResponse, cut: boolean): void => {
    const { method, url = "", headers } = request;
    const options = { method, headers, rejectUnauthorized: false };
    const onwards = send(new URL(url, target), options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const whole = Buffer.concat(chunks);
        const length = String(cut ? Math.max(whole.length, 2) : whole.length);
        const { "transfer-encoding": _, ...rest } = answer.headers;
        // What a HEAD says is about a body that does not come.
        const said = method === "HEAD" ? (answer.headers["content-length"] ?? "0") : length;
        response.writeHead(answer.statusCode ?? 502, { ...rest, "content-length": said });
        if (!cut) return void response.end(whole);
        response.write(whole.subarray(0, whole.length >> 1), () => response.destroy());
        if (whole.length < 2) response.destroy();
      });
    });
    onwards.on("error", () => response.destroy());
    onwards.end(body);
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      seen.push(`${request.method} ${request.url}`);
      const trouble = queue.shift() ?? standing;
      if (trouble === "cut-request") return void request.socket.destroy();
      if (trouble === null || trouble === "cut-answer")
        return forward(request, Buffer.concat(chunks), response, trouble !== null);
      response.writeHead(trouble.status, trouble.headers).end(trouble.body ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    next: (...troubles) => void (queue = [...troubles]),
    always: (trouble) => void (standing = trouble),
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
