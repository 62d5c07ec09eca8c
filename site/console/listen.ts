/** The console's socket: loopback, or TLS; bounded in connections, headers and time; an orderly end. */
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { ConsoleSettings } from "../settings.ts";
import { isLoopback } from "./protection.ts";

/** The console can't be served as it was asked to. */
export class ConsoleError extends Error {
  override readonly name = "ConsoleError";
}

const limits = {
  /** Sockets at once; a browser holds six. */
  connections: 128,
  headerBytes: 16 * 1024,
  /** Milliseconds for the headers, for the whole request, between two packets, between two requests. */
  headersMs: 10_000,
  requestMs: 20_000,
  idleMs: 60_000,
  keepAliveMs: 15_000,
  handshakeMs: 10_000,
  /** Milliseconds that requests under way get when the console stops. */
  graceMs: 1000,
} as const;

export interface Listening {
  readonly port: number;
  stop(): Promise<void>;
}

/** Throws {@link ConsoleError} where the host wants TLS and there is none. */
export function refuseOpenPlain({ host, tls }: Pick<ConsoleSettings, "host" | "tls">): void {
  if (tls !== null || isLoopback(host)) return;
  throw new ConsoleError(
    `console host: received ${JSON.stringify(host)} without tls; allowed: a loopback address (127.0.0.1, ::1, ` +
      "localhost), or another one with a certificate and its key: the access token must not travel in clear",
  );
}

/** Rejects with {@link ConsoleError} where the address can't be had. */
export async function listen(
  { host, port, tls }: Pick<ConsoleSettings, "host" | "port" | "tls">,
  listener: RequestListener,
): Promise<Listening> {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
  };
  const server =
    tls === null
      ? createServer(options, listener)
      : createTlsServer(
          {
            ...options,
            cert: tls.certificate,
            key: tls.key,
            minVersion: "TLSv1.2",
            handshakeTimeout: limits.handshakeMs,
          },
          listener,
        );
  server.maxConnections = limits.connections;
  server.timeout = limits.idleMs;
  // node:tls reports a handshake that takes too long or fails, and leaves the socket open.
  server.on("tlsClientError", (_error, socket: { destroy(): void }) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, stop: () => close(server) };
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): ConsoleError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `address already in use ${host}:${port}: stop the program that has it, or choose another port with fieldlake:local.consolePort`,
    EACCES: `this user may not open ${host}:${port}: choose a port from 1024 on with fieldlake:local.consolePort`,
    EADDRNOTAVAIL: `${host}:${port}: no interface of this machine has that address: correct fieldlake:local.consoleHost`,
    ENOTFOUND: `${host}:${port}: no such host name: correct fieldlake:local.consoleHost`,
  };
  return new ConsoleError(`console: ${reasons[error.code ?? ""] ?? `${host}:${port}: ${error.message}`}`, {
    cause: error,
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), limits.graceMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
