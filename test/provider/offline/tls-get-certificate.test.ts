/** What getCertificate tells, of a text and of servers on this machine. */

import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { WireMap } from "../../../provider/offline/shared/values.ts";
import { opened, resource, textOf, tlsProvider, tlsToken } from "./support.ts";

const now = new Date();
const provider = tlsProvider({ now: () => now });
const afterHours = (hours: number): string =>
  new Date(now.getTime() + hours * 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
const keys = resource(provider, tlsToken("PrivateKey"));
const certificates = resource(provider, tlsToken("SelfSignedCert"));

const token = "tls:index/getCertificate:getCertificate";
const ask = async (args: WireMap, asked = provider): Promise<WireMap> =>
  (await asked.invoke(token, args)).result;

const { state: keyState } = await keys.create({ algorithm: "ECDSA", ecdsaCurve: "P384" });
const key = opened(keyState["privateKeyPem"]);
const { id, state } = await certificates.create({
  privateKeyPem: key,
  subject: { commonName: 'a,"b" ', organization: "#1", streetAddresses: ["x", "y"], emailAddress: "a@b.c" },
  dnsNames: ["localhost"],
  validityPeriodHours: 1,
  allowedUses: ["server_auth"],
  isCaCertificate: true,
});
const certificate = textOf(state, "certPem");

test("a certificate is described in the words of the real provider", async () => {
  const name = 'CN=a\\,\\"b\\"\\ ,O=\\#1,STREET=x+STREET=y,1.2.840.113549.1.9.1=#0c056140622e63';
  expect(await ask({ content: certificate })).toEqual({
    content: certificate,
    verifyChain: true,
    id: expect.stringMatching(/^[0-9a-f]{40}$/),
    certificates: [
      {
        certPem: certificate,
        isCa: true,
        issuer: name,
        maxPathLength: -1,
        notAfter: afterHours(1),
        notBefore: afterHours(0),
        publicKeyAlgorithm: "ECDSA",
        serialNumber: id,
        sha1Fingerprint: new X509Certificate(certificate).fingerprint.replaceAll(":", "").toLowerCase(),
        signatureAlgorithm: "ECDSA-SHA384",
        subject: name,
        version: 3,
      },
    ],
  });
});

test("the identifier is the real provider's", async () => {
  // A certificate made by the real provider, and the identifier it gave.
  const content = [
    "-----BEGIN CERTIFICATE-----",
    "MIICoDCCAkWgAwIBAgIRAIW+QSg17dtFOU56s/GEuOcwCgYIKoZIzj0EAwIwgZwx",
    "CzAJBgNVBAYTAkRFMQowCAYDVQQIEwFQMQowCAYDVQQHEwFMMRowCwYDVQQJEwQx",
    "IFN0MAsGA1UECRMEMiBTdDEMMAoGA1UEERMDMTIzMQwwCgYDVQQKEwNPcmcxCzAJ",
    "BgNVBAsTAk9VMQ0wCwYDVQQDEwRyb290MQswCQYDVQQFEwI3NzEUMBIGCSqGSIb3",
    "DQEJARYFYUBiLmMwHhcNMjYxMTI0MDMyOTM3WhcNMjcwMTA0MTkyOTM3WjCBnDEL",
    "MAkGA1UEBhMCREUxCjAIBgNVBAgTAVAxCjAIBgNVBAcTAUwxGjALBgNVBAkTBDEg",
    "U3QwCwYDVQQJEwQyIFN0MQwwCgYDVQQREwMxMjMxDDAKBgNVBAoTA09yZzELMAkG",
    "A1UECxMCT1UxDTALBgNVBAMTBHJvb3QxCzAJBgNVBAUTAjc3MRQwEgYJKoZIhvcN",
    "AQkBFgVhQGIuYzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBbuWI7GHF7ITC9o",
    "ikaO40wkR0KpJ0e2obyjIT0F8Fj1p1nBxp3ad6GyQ7e+FVhCx8krTNICQCjlnVJN",
    "Le9AUJKjZjBkMA4GA1UdDwEB/wQEAwIBhjASBgNVHRMBAf8ECDAGAQH/AgEBMB0G",
    "A1UdDgQWBBQYYNGIhQUDgkzh+8j8JMZCT9lIGTAfBgNVHSMEGDAWgBQYYNGIhQUD",
    "gkzh+8j8JMZCT9lIGTAKBggqhkjOPQQDAgNJADBGAiEAl6M2adjF4NA6bVtcOSj9",
    "5Ebk1tSHfaWj9YGxiq/N6O0CIQCkJ8pYHgvxduwRbEds9qmr9dmehOcNHwQcg2mY",
    "TD9pCg==",
    "-----END CERTIFICATE-----",
    "",
  ].join("\n");
  expect((await ask({ content }))["id"]).toBe("cadecf6dce2f97fb7d9757b4281d1c29a113f6f9");
});

test.each<[WireMap, string]>([
  [{}, "content: exactly one of content and url must be set; got 0 of them"],
  [
    { content: "x", url: "https://localhost" },
    "content: exactly one of content and url must be set; got 2 of them",
  ],
  [
    { url: "http://localhost" },
    'url: must be a URL that starts with https:// or tls://; got "http://localhost"',
  ],
  [{ url: "tls://localhost" }, 'url: must name a port, as tls://host:8883; got "tls://localhost"'],
  [{ content: "x", verifyChain: true }, "verifyChain: can't be set together with content"],
])("%j is refused", async (args, message) => {
  const { failures } = await provider.invoke(token, args);
  expect(failures).toEqual([message]);
});

test("a text that is no certificate is refused", async () => {
  await expect(ask({ content: "x" })).rejects.toThrow(
    'content: must be a PEM text with a "CERTIFICATE" block; it holds no PEM block',
  );
});

describe("of a server", () => {
  const sockets = new Set<net.Socket>();
  const server = tls.createServer({ key, cert: certificate }, (socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"));
  });
  const targets: string[] = [];
  const proxy = http.createServer().on("connect", (request: http.IncomingMessage, client: net.Socket) => {
    targets.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`);
    const upstream = net.connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on("error", () => upstream.destroy());
  });
  let port = 0;
  let proxyPort = 0;

  beforeAll(async () => {
    for (const listener of [server, proxy]) {
      listener.on("connection", (socket: net.Socket) => sockets.add(socket));
      listener.listen(0, "127.0.0.1");
      await once(listener, "listening");
    }
    port = (server.address() as net.AddressInfo).port;
    proxyPort = (proxy.address() as net.AddressInfo).port;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    proxy.close();
  });

  test.each(["tls", "https"])(
    "by %s:// its certificates are told, if the chain need not be trusted",
    async (scheme) => {
      const url = `${scheme}://localhost:${port}`;
      const result = await ask({ url, verifyChain: false });
      expect(result["certificates"]).toEqual([
        expect.objectContaining({ certPem: certificate, serialNumber: id }),
      ]);
      await expect(ask({ url })).rejects.toThrow(`no certificates from ${url}`);
      await expect(ask({ url })).rejects.toThrow(/self-signed certificate/);
    },
  );

  test("by https:// the proxy of the provider's setting leads there", async () => {
    const proxied = tlsProvider();
    const setting = { url: `http://127.0.0.1:${proxyPort}`, username: "u", password: "p:w" };
    proxied.configure({ proxy: JSON.stringify(setting) });
    const result = await ask({ url: "https://nowhere.invalid", verifyChain: false }, proxied);
    expect(result["certificates"]).toHaveLength(1);
    expect(targets).toEqual([`nowhere.invalid:443 Basic ${Buffer.from("u:p:w").toString("base64")}`]);
  });

  test("nobody there is an error that names the URL", async () => {
    const closed = net.createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const url = `tls://127.0.0.1:${(closed.address() as net.AddressInfo).port}`;
    closed.close();
    await once(closed, "close");
    await expect(ask({ url })).rejects.toThrow(
      new RegExp(`^url: no certificates from ${url}: .*ECONNREFUSED`),
    );
  });
});

test.each<[unknown, string]>([
  ["{", 'proxy: must be JSON; got "{"'],
  [{ url: "socks5://x" }, "proxy.url: must be a URL that starts with http:// or https://"],
  [{ url: "http://x", fromEnv: true }, "proxy.fromEnv: can't be set together with proxy.url"],
  [{ username: "u" }, "proxy.username: needs proxy.url"],
])("the setting proxy %j is refused", async (setting, message) => {
  const configured = tlsProvider();
  const use = async (): Promise<WireMap> => {
    configured.configure({ proxy: typeof setting === "string" ? setting : JSON.stringify(setting) });
    return ask({ url: "https://127.0.0.1:1" }, configured);
  };
  await expect(use()).rejects.toThrow(message);
});
