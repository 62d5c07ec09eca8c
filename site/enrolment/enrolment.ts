/**
 * What devices reach over HTTPS: EST and uploads of files. A client certificate where there is one, few requests at a time,
 * the fleet's own handler and the upload endpoint behind.
 */
import { constants } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { defaultKeys } from "../../fleet/authority/certificate-request.ts";
import type { EstAnswer } from "../../fleet/est/exchange.ts";
import { estHandler, type EstHandler } from "../../fleet/est/handler.ts";
import type { LocalRegistry } from "../../fleet/registry/local-registry.ts";
import { AddressBuckets } from "../broker/address-buckets.ts";
import { network } from "../console/throttle.ts";
import type { Logger } from "../logger.ts";
import type { EnrolmentSettings } from "../settings.ts";
import { UploadEndpoint, uploadRoot, type UploadSite } from "../uploads/upload-endpoint.ts";
import { ListRenewal } from "./list-renewal.ts";
import { OwnIssuer } from "./own-issuer.ts";

export interface EnrolmentOptions {
  readonly settings: EnrolmentSettings;
  readonly registry: LocalRegistry;
  /** Authenticates bootstrap tokens. */
  readonly tokenKey: Uint8Array;
  /** What takes files of devices, behind the same port; null while nothing does. */
  readonly uploads: () => UploadSite | null;
  readonly logger: Logger;
}

export interface Enrolment {
  readonly port: number;
  /** Why it can't do all of its work; `null` where it can. */
  readonly trouble: string | null;
  stop(): Promise<void>;
}

/** A request of RSA-4096 in base64 is 1.5 kB. */
const mostBodyBytes = 32_768;
const limits = {
  headerBytes: 8192,
  headersMs: 10_000,
  requestMs: 20_000,
  keepAliveMs: 5000,
  handshakeMs: 10_000,
};

/** Rejects where the port can't be had, or the authority's key is not its certificate's. */
export async function startEnrolment(options: EnrolmentOptions): Promise<Enrolment> {
  const { settings, registry, tokenKey, uploads, logger } = options;
  const { environment } = settings;
  const own = new OwnIssuer(settings, registry);
  await own.adopt(new Date());
  let problem: string | null = null;
  const handle = estHandler(
    {
      registry,
      issuer: async () => {
        const issuer = await own.current();
        problem = null;
        return issuer;
      },
      roots: settings.trustBundle,
      environment,
      keys: defaultKeys,
      days: settings.certificateDays,
      tokenKey,
    },
    (error) => {
      problem = error.message;
      logger.error({ error: error.message }, "a device gets no certificate");
    },
  );
  const server = serve(settings, handle, new UploadEndpoint(uploads), logger);
  await listening(server, settings);
  const renewal = new ListRenewal({ registry, own, logger });
  void renewal.check();
  const unfollow = registry.onChange(({ kind }) => {
    if (kind === "revoked") renewal.checkSoon();
  });
  return {
    port: (server.address() as AddressInfo).port,
    get trouble() {
      const all = [problem, renewal.problem].filter((one) => one !== null);
      return all.length === 0 ? null : all.join("; ");
    },
    async stop() {
      unfollow();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, renewal.stop()]);
    },
  };
}

function serve(
  settings: EnrolmentSettings,
  handle: EstHandler,
  uploads: UploadEndpoint,
  logger: Logger,
): Server {
  const { perSecond, maxConnections } = settings.limits;
  const [connections, requests] = [new AddressBuckets(perSecond), new AddressBuckets(perSecond)];
  const server = createServer(
    {
      cert: settings.serverCertificate,
      key: settings.serverKey,
      ca: settings.trustBundle + settings.issuerCertificate,
      // Shown where there is one, and judged behind: who comes for the first time has none.
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
      handshakeTimeout: limits.handshakeMs,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
    },
    (request, response) => {
      const address = network(request.socket.remoteAddress ?? "");
      if (!requests.tryTake(address, Date.now())) {
        return send(response, refused(429, "too many requests from this address", { "Retry-After": "1" }));
      }
      if (request.url?.startsWith(uploadRoot) === true) {
        const path = request.url.split("?")[0];
        uploads.answer(request, response).then(
          (status) => logger.info({ path, status, address }, "upload"),
          () => response.destroy(),
        );
        return;
      }
      answer(request, handle).then(
        (given) => {
          logger.info({ path: request.url, status: given.status, address }, "enrolment");
          send(response, given);
        },
        () => response.destroy(),
      );
    },
  );
  server.maxConnections = maxConnections;
  server.prependListener("connection", (socket: Socket) => {
    if (!connections.tryTake(network(socket.remoteAddress ?? ""), Date.now())) socket.destroy();
  });
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return server;
}

/** Rejects where the request ends early. */
async function answer(request: IncomingMessage, handle: EstHandler): Promise<EstAnswer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > mostBodyBytes) return refused(413, `the body: allowed: at most ${mostBodyBytes} bytes`);
    parts.push(part);
  }
  return handle({
    method: request.method ?? "",
    path: (request.url ?? "").split("?")[0] ?? "",
    contentType: request.headers["content-type"] ?? null,
    authorization: request.headers.authorization ?? null,
    body: Buffer.concat(parts),
    certificate: (request.socket as TLSSocket).getPeerX509Certificate() ?? null,
  });
}

const refused = (status: number, message: string, headers: Record<string, string> = {}): EstAnswer => ({
  status,
  headers: { "Content-Type": "text/plain; charset=utf-8", Connection: "close", ...headers },
  body: `${message}\n`,
});

function send(response: ServerResponse, { status, headers, body }: EstAnswer): void {
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
}

async function listening(server: Server, { host, port }: EnrolmentSettings): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "the port is in use" : error.message;
      const advice = "choose another one with fieldlake:local.enrolmentPort";
      reject(new Error(`enrolment cannot listen on ${host}:${port}: ${why}; ${advice}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}
