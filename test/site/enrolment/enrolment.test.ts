import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { connect } from "node:tls";
import { once } from "node:events";
import type { EstError } from "../../../fleet/est/client.ts";
import { authorities, enrol, renew, type EstServer } from "../../../fleet/est/client.ts";
import { builtGo } from "../../fleet/support/tools.ts";
import { hasProgram, openssl } from "../../fleet/authority/support.ts";
import { enrolmentBench, type EnrolmentBench } from "./support.ts";

const run = promisify(execFile);
let bench: EnrolmentBench;
let server: EstServer;
beforeAll(async () => {
  bench = await enrolmentBench();
  server = serverOf(bench);
});
afterAll(() => bench.remove());

const serverOf = ({ settings, root }: EnrolmentBench): EstServer => ({
  url: `https://127.0.0.1:${settings.port}`,
  trustBundle: root.certificate,
});
const statusOf = (work: Promise<unknown>): Promise<number | null | undefined> =>
  work.then(
    () => undefined,
    (error: EstError) => error.status,
  );

describe("a device of ours", () => {
  test("gets a first certificate by its token, and the next one by the first, each for a key of its own", async () => {
    const first = await enrol(server, "press-1", await bench.invite("press-1"));
    const leaf = new X509Certificate(first.certificate);
    expect(leaf.subject).toBe("CN=press-1");
    expect(first.certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const [record] = await bench.registry.certificatesOf("press-1");
    expect(record).toMatchObject({ state: "issued", serial: leaf.serialNumber.toLowerCase() });
    // Issued this very hour, so that another key has to wait.
    expect(await statusOf(renew(server, first))).toBe(429);
  });

  test("learns the authorities, and trusts no server of another root", async () => {
    expect((await authorities(server)).match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const { certificate } = bench.authority;
    await expect(authorities({ ...server, trustBundle: certificate })).rejects.toThrow(/certificate/);
  });

  test("renews with the certificate that it came with, in the TLS handshake", async () => {
    const imported = await bench.authority.issue("pump-1");
    const x509 = new X509Certificate(imported.certificate);
    const device = { id: "pump-1", profile: null, source: "imported", enrolledAt: new Date() } as const;
    await bench.registry.record([
      { kind: "device", device },
      { kind: "certificate", certificate: importedRecord(x509, await issuerOf(bench)) },
    ]);
    const former = {
      certificate: imported.certificate + bench.authority.certificate,
      privateKey: imported.key,
    };
    const next = await renew(server, former);
    expect(new X509Certificate(next.certificate).subject).toBe("CN=pump-1");
    expect(await statusOf(renew(server, { ...former, certificate: imported.certificate }))).toBe(429);
    const stranger = await bench.root.issue("pump-1");
    const foreign = { certificate: stranger.certificate, privateKey: stranger.key };
    expect(await statusOf(renew(server, foreign))).toBe(403);
  });
});

describe("somebody else's client", () => {
  test("curl and OpenSSL: request, token, certificate", async () => {
    if (!hasProgram("curl", "--version") || !hasProgram("openssl", "version")) return;
    const file = (name: string): string => join(bench.folder, name);
    writeFileSync(file("trust.pem"), bench.root.certificate);
    const make =
      "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout curl.key -subj /CN=curl-1";
    openssl([...make.split(" "), "-outform", "DER", "-out", "curl.csr"], bench.folder);
    openssl(["base64", "-in", "curl.csr", "-out", "curl.b64"], bench.folder);
    const curl = async (operation: string, ...args: readonly string[]): Promise<string> => {
      const url = `${server.url}/.well-known/est/${operation}`;
      return (await run("curl", ["-sS", "--fail-with-body", "--cacert", file("trust.pem"), ...args, url]))
        .stdout;
    };
    const body = ["--data-binary", `@${file("curl.b64")}`, "-H", "Content-Type: application/pkcs10"];
    const token = await bench.invite("curl-1");
    const pem = (answer: string, name: string): void => {
      writeFileSync(file("answer.der"), Buffer.from(answer, "base64"));
      openssl(["pkcs7", "-inform", "DER", "-in", "answer.der", "-print_certs", "-out", name], bench.folder);
    };
    pem(await curl("simpleenroll", "-u", `curl-1:${token}`, ...body), "curl.pem");
    pem(await curl("cacerts"), "authorities.pem");
    const verify = ["verify", "-purpose", "sslclient", "-CAfile", "trust.pem"];
    expect(openssl([...verify, "-untrusted", "authorities.pem", "curl.pem"], bench.folder)).toContain("OK");
    const own = ["--cert", file("curl.pem"), "--key", file("curl.key")];
    pem(await curl("simplereenroll", ...own, ...body), "again.pem");
    expect(readFileSync(file("again.pem"), "utf8")).toBe(readFileSync(file("curl.pem"), "utf8"));
    const attributes = Buffer.from(await curl("csrattrs"), "base64");
    writeFileSync(file("attributes.der"), attributes);
    const shown = openssl(["asn1parse", "-inform", "DER", "-in", "attributes.der"], bench.folder);
    expect(shown).toContain("prime256v1");
    await expect(curl("simpleenroll", ...body)).rejects.toThrow(/401/);
  });

  test("GlobalSign's EST library for Go", async () => {
    const client = await builtGo("est-client", resolve(import.meta.dirname, "../../fleet/est/go-client"));
    if (client === null) return;
    const trust = join(bench.folder, "trust.pem");
    writeFileSync(trust, bench.root.certificate);
    const token = await bench.invite("gopher-1");
    const { stdout } = await run(client, [server.url.slice("https://".length), trust, "gopher-1", token]);
    const [record] = await bench.registry.certificatesOf("gopher-1");
    expect(stdout.trim().split("\n")).toEqual([
      "authority test root",
      "authority test intermediate",
      "attributes 1 1",
      `enrolled gopher-1 ${record?.serial}`,
      `renewed gopher-1 ${record?.serial}`,
      expect.stringMatching(/^refused .*(403|token was used)/),
    ]);
  }, 240_000);
});

describe("what it does not take", () => {
  test("bodies beyond a request's size, and requests beyond an address's share", async () => {
    const own = await enrolmentBench({ perSecond: 5 });
    try {
      const large = await post(own, Buffer.alloc(40_000, "A"));
      expect(large).toBe(413);
      const many = await Promise.all(
        Array.from({ length: 12 }, () => post(own, Buffer.from("AA")).catch(() => 0)),
      );
      // Turned away before TLS, or with 429 behind it.
      expect(many.filter((status) => status === 0 || status === 429).length).toBeGreaterThanOrEqual(6);
    } finally {
      await own.remove();
    }
  });

  test("TLS below 1.2", async () => {
    const options = { port: bench.settings.port, ca: bench.root.certificate, maxVersion: "TLSv1.1" as const };
    const socket = connect({ ...options, minVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" });
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toMatch(/alert|version|unsupported/i);
  });
});

describe("the revocation list", () => {
  test("is made at the start, anew after a revocation, and OpenSSL reads it", async () => {
    const device = await enrol(server, "valve-1", await bench.invite("valve-1"));
    const serial = new X509Certificate(device.certificate).serialNumber;
    const at = new Date();
    await bench.registry.record([
      { kind: "revoked", serial: serial.toLowerCase(), at, reason: "keyCompromise" },
    ]);
    const issuer = await issuerOf(bench);
    const file = join(bench.registry.folder, `${issuer}.crl`);
    const deadline = Date.now() + 5000;
    while (bench.registry.ledger.lists.get(issuer)?.revoked !== 1 && Date.now() < deadline) {
      await new Promise((done) => setTimeout(done, 10));
    }
    expect(bench.registry.ledger.lists.get(issuer)?.revoked).toBe(1);
    expect(bench.enrolment.trouble).toBeNull();
    if (!hasProgram("openssl", "version")) return;
    expect(openssl(["crl", "-in", file, "-noout", "-text"], bench.folder)).toContain(serial.toUpperCase());
  });
});

const issuerOf = async ({ registry }: EnrolmentBench): Promise<string> =>
  (await registry.issuers())[0]?.id as string;

function importedRecord(certificate: X509Certificate, issuer: string) {
  return {
    deviceId: "pump-1",
    serial: certificate.serialNumber.toLowerCase().replace(/^0+/, ""),
    issuer,
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    keyId: "0a".repeat(16),
    keyKind: "P-256",
    source: "imported",
    recordedAt: new Date(),
    der: certificate.raw,
  } as const;
}

function post({ settings, root }: EnrolmentBench, body: Buffer): Promise<number> {
  const { promise, resolve: done, reject } = Promise.withResolvers<number>();
  const asking = httpsRequest(
    {
      ...{ host: "127.0.0.1", port: settings.port, ca: root.certificate, agent: false },
      method: "POST",
      path: "/.well-known/est/simpleenroll",
      headers: { "Content-Type": "application/pkcs10" },
    },
    (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    },
  );
  asking.on("error", reject);
  asking.end(body);
  return promise;
}
