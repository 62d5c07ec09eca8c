/** The TLS side: mutual authentication, who may start a handshake, and what a certificate is worth once it is done. */
import { constants, X509Certificate } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from "node:tls";
import type { BrokerSettings } from "../settings.ts";
import { Admission } from "./admission.ts";
import type { Objection } from "./gate.ts";
import type { Identity } from "./identity.ts";
import type { Refusal } from "./refusals.ts";

export interface ListenerOptions {
  readonly settings: BrokerSettings;
  /** Serves a device whose certificate is good. */
  readonly accept: (socket: TLSSocket, identity: Identity) => void;
  /** Who a certificate stands for, or what speaks against it. */
  readonly judge: (certificate: X509Certificate) => Identity | Objection;
  readonly refused: (refusal: Refusal, deviceId: string | null) => void;
}

/** AEAD with forward secrecy only, for what TLS 1.2 is left; TLS 1.3 has nothing else. */
const tls12Ciphers = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
];
const tls13Ciphers = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];

/** What the TLS library finds wrong with a chain, in the broker's terms. */
const refusalByCode: ReadonlyMap<string, Refusal> = new Map([
  ["ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", "no client certificate"],
  ["CERT_HAS_EXPIRED", "certificate expired"],
  ["CERT_NOT_YET_VALID", "certificate not yet valid"],
  ["INVALID_PURPOSE", "certificate not for client authentication"],
]);

const backlog = 1024;

export class Listener {
  readonly #settings: BrokerSettings;
  readonly #options: ListenerOptions;
  readonly #admission: Admission;
  readonly #tls: TlsServer;
  readonly #server: Server;
  /** The TCP socket below each TLS socket's handshake, by its two ends. */
  readonly #handshakes = new Map<string, Socket>();
  readonly #timer: NodeJS.Timeout;
  /** Handshakes that were ended and counted here, and of whose failure Node will tell as well. */
  #endedHere = 0;

  constructor(options: ListenerOptions) {
    const { settings, refused } = options;
    const { handshakesPerSecond, connectSeconds } = settings.limits;
    this.#settings = settings;
    this.#options = options;
    this.#admission = new Admission(handshakesPerSecond, connectSeconds, (refusal, isUnderWay) => {
      if (isUnderWay) this.#endedHere += 1;
      refused(refusal, null);
    });
    this.#tls = createTlsServer({
      cert: settings.serverCertificate,
      key: settings.serverKey,
      ca: settings.clientTrust,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.3",
      ciphers: [...tls13Ciphers, ...tls12Ciphers].join(":"),
      honorCipherOrder: true,
      // No renegotiation: a client could make the server compute for ever. No tickets: each session shows its certificate.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
    });
    this.#tls.on("secureConnection", (socket) => this.#secured(socket));
    this.#tls.on("tlsClientError", (error, socket) => this.#failed(error, socket));
    this.#server = createServer({ noDelay: true, keepAlive: true }, (socket) => this.#connected(socket));
    this.#timer = setInterval(() => this.#admission.check(Date.now()), 500).unref();
  }

  /** The port that was opened. Throws where it cannot be. */
  async listen(): Promise<{ host: string; port: number }> {
    const { host, port } = this.#settings;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen({ host, port, backlog }, resolve);
    try {
      await promise;
    } catch (error) {
      clearInterval(this.#timer);
      throw listenFailure(host, port, error as NodeJS.ErrnoException);
    }
    this.#server.removeListener("error", reject);
    this.#server.on("error", () => undefined);
    const address = this.#server.address();
    return { host, port: typeof address === "object" && address !== null ? address.port : port };
  }

  /** No new connections; those in a handshake end. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#endedHere += this.#handshakes.size;
    for (const socket of this.#handshakes.values()) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connected(socket: Socket): void {
    socket.on("error", () => undefined);
    if (!this.#admission.admit(socket, Date.now())) return;
    const key = endsOf(socket);
    this.#handshakes.set(key, socket);
    socket.once("close", () => this.#handshakes.delete(key));
    this.#tls.emit("connection", socket);
  }

  #secured(socket: TLSSocket): void {
    this.#finished(socket);
    const refuse = (refusal: Refusal, deviceId: string | null): void => {
      this.#options.refused(refusal, deviceId);
      socket.destroy();
    };
    const certificate = socket.getPeerX509Certificate();
    if (!socket.authorized || certificate === undefined) return refuse("no client certificate", null);
    const verdict = this.#options.judge(certificate);
    if ("refusal" in verdict) return refuse(verdict.refusal, verdict.deviceId);
    this.#options.accept(socket, verdict);
  }

  /** Node only tells of a failed handshake; the socket is ours to destroy. By then it does not know its ends any more. */
  #failed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    socket.destroy();
    const refusal = refusalOf(error, socket);
    if (refusal === "TLS handshake failed" && this.#endedHere > 0) this.#endedHere -= 1;
    else this.#options.refused(refusal, null);
  }

  #finished(socket: TLSSocket): void {
    const key = endsOf(socket);
    const tcp = this.#handshakes.get(key);
    this.#handshakes.delete(key);
    if (tcp !== undefined) this.#admission.finished(tcp);
  }
}

function endsOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

function refusalOf(error: NodeJS.ErrnoException, socket: TLSSocket): Refusal {
  const { authorizationError } = socket as { authorizationError?: unknown };
  if (typeof authorizationError === "string") {
    return refusalByCode.get(authorizationError) ?? "unknown certificate authority";
  }
  return refusalByCode.get(error.code ?? "") ?? "TLS handshake failed";
}

function listenFailure(host: string, port: number, error: NodeJS.ErrnoException): Error {
  const what = `the broker cannot listen on ${host}:${port}`;
  const settings = "fieldlake:local.mqttPort and fieldlake:local.host";
  switch (error.code) {
    case "EADDRINUSE":
      return new Error(
        `${what}: the port is in use; stop what listens there, or set another one (${settings})`,
        { cause: error },
      );
    case "EADDRNOTAVAIL":
      return new Error(`${what}: ${host} is no address of this machine (${settings})`, { cause: error });
    case "EACCES":
      return new Error(`${what}: not permitted; ports below 1024 are the system's (${settings})`, {
        cause: error,
      });
    default:
      return new Error(`${what}: ${error.message} (${settings})`, { cause: error });
  }
}

/** Certificates of a PEM bundle. */
export function readBundle(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
