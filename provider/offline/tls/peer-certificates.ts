/** Fetches the certificates a server shows. */

import type { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import tls from "node:tls";

/** How long a server or proxy may take, in milliseconds. */
const timeout = 30_000;

/** The way to a server. */
export interface Route {
  /** Environment variables that name proxies, as `http_proxy` and the like; used for `https` only. */
  readonly proxies: Readonly<Record<string, string | undefined>>;
  /** Whether to insist on a chain that this machine trusts and that names the server. */
  readonly verifyChain: boolean;
}

/** Trusted authorities: the ones built into Node, added by NODE_EXTRA_CA_CERTS, and the system's. */
const trustedAuthorities = (): string[] => [
  ...tls.getCACertificates("default"),
  ...tls.getCACertificates("system"),
];

/** The certificates on a connection, the server's own first. */
const chainOf = (socket: tls.TLSSocket): Buffer[] => {
  const chain: Buffer[] = [];
  let certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (certificate && !chain.some((known) => known.equals(certificate?.raw ?? known))) {
    chain.push(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
};

type Connect = (options: tls.ConnectionOptions) => Promise<Buffer[]>;

/**
 * Node completes a chain from the authorities it trusts. To see what the server sent and no more, the chain
 * is read on a connection that trusts none, once one that does has verified it.
 */
const readChain = async (connect: Connect, verifyChain: boolean): Promise<Buffer[]> => {
  if (!verifyChain) return connect({ rejectUnauthorized: false, ca: [] });
  const [verified] = await connect({ rejectUnauthorized: true, ca: trustedAuthorities() });
  const chain = await connect({ rejectUnauthorized: false, ca: [] });
  if (!verified || !chain[0]?.equals(verified)) {
    throw new Error("the server showed another certificate on the second connection than on the first");
  }
  return chain;
};

const viaTls =
  (url: URL): Connect =>
  async (options) => {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    // A server name may not be an address (RFC 6066 section 3).
    const named = isIP(host) === 0 ? { servername: host } : {};
    const socket = tls.connect({ ...options, ...named, host, port: Number(url.port), timeout });
    try {
      socket.once("timeout", () => socket.destroy(new Error(`no answer within ${timeout / 1000} s`)));
      await once(socket, "secureConnect");
      return chainOf(socket);
    } finally {
      socket.destroy();
    }
  };

const viaHttps =
  (url: URL, proxyEnv: NodeJS.ProcessEnv): Connect =>
  async (options) => {
    const agent = new https.Agent({ ...options, keepAlive: false, proxyEnv });
    const request = https.request(url, { method: "HEAD", agent, timeout });
    try {
      request.once("timeout", () => request.destroy(new Error(`no answer within ${timeout / 1000} s`)));
      request.end();
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      const { socket } = response;
      if (!(socket instanceof tls.TLSSocket)) throw new Error("the answer came without TLS");
      const chain = chainOf(socket);
      response.destroy();
      return chain;
    } finally {
      request.destroy();
      agent.destroy();
    }
  };

/**
 * Fetches the chain a server shows, its own certificate first, in DER.
 * @param url `https://host[:port]`, asked over HTTP through a proxy if there is one, or `tls://host:port`
 * @throws saying what went wrong with the connection
 */
export const fetchPeerCertificates = async (url: URL, route: Route): Promise<Buffer[]> => {
  const connect = url.protocol === "tls:" ? viaTls(url) : viaHttps(url, route.proxies as NodeJS.ProcessEnv);
  const chain = await readChain(connect, route.verifyChain);
  if (chain.length === 0) throw new Error("the server showed no certificate");
  return chain;
};
