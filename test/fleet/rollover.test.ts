/** The drill: the next intermediate takes over on the local target, and no device is refused on the way. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createPublicKey, X509Certificate } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { startBroker } from "../../site/broker/broker.ts";
import { Keyring } from "../../site/seal.ts";
import { FleetBook } from "../../site/registry/fleet-book.ts";
import { verifyRequest } from "../../fleet/authority/certificate-request.ts";
import { makeRequest } from "../../fleet/authority/make-request.ts";
import { signIntermediate } from "../../fleet/authority/intermediate.ts";
import { encryptedKey } from "../../fleet/authority/signers/key-file.ts";
import { inProcessSigner } from "../../fleet/authority/signers/in-process.ts";
import { toPem } from "../../fleet/x509/pem.ts";
import { Bench, RawClient, silent } from "../site/broker/support.ts";
import { freePort } from "../support/free-port.ts";
import { TestAuthority } from "../site/support/certificates.ts";
import { environment, hasProgram, makeAuthority, newKey, openssl } from "./authority/support.ts";
import { certificateIn, fleetStack, type FleetStack } from "./support/fleet-stack.ts";

const passphrase = "correct horse battery";
let stack: FleetStack;
beforeEach(async () => {
  stack = await fleetStack();
  process.env["FIELDLAKE_KEY_PASSPHRASE"] = passphrase;
});
afterEach(() => {
  delete process.env["FIELDLAKE_KEY_PASSPHRASE"];
  stack.remove();
});

const made = (name: string): string => stack.text(`made/${name}`);
const issue = (command: string, ...ids: string[]) =>
  stack.run(
    command,
    ...ids.flatMap((id) => ["--id", id]),
    "--out",
    stack.path("made"),
    ...(command === "renew" ? ["--early"] : []),
  );

/** A broker on the stack's registry, trusting the stack's root. */
async function startSite() {
  const bench = await Bench.make();
  const server = await TestAuthority.create("server root");
  const leaf = await server.issue("broker", { usages: ["serverAuth"] });
  const port = await freePort();
  const book = new FleetBook({ registry: await stack.registry(), logger: silent });
  bench.atEnd(() => book.stop());
  const list = inProcessSigner(stack.authority.key, "test");
  const { issueRevocationList, nextListUpdate } = await import("../../fleet/authority/revocation-list.ts");
  const now = new Date();
  const broker = await startBroker({
    settings: {
      host: "127.0.0.1",
      port,
      serverCertificate: leaf.certificate,
      serverKey: leaf.key,
      clientTrust: stack.authority.certificate + stack.root.certificate,
      limits: {
        maxPayload: 65_536,
        maxConnections: 100,
        handshakesPerSecond: 1000,
        messagesPerSecond: 1000,
        connectSeconds: 5,
      },
    },
    registry: {
      devices: [],
      revocationList: await issueRevocationList({
        issuer: stack.authority.certificate,
        signer: list,
        entries: [],
        number: 1,
        thisUpdate: now,
        nextUpdate: nextListUpdate(now),
      }),
    },
    book,
    environment,
    log: await bench.log(),
    stateFolder: bench.stateFolder,
    keyring: bench.keyring,
    logger: silent,
  });
  bench.atEnd(() => broker.stop());
  const connect = (id: string): RawClient =>
    RawClient.tls({ port, ca: server.certificate, cert: made(`${id}.pem`), key: made(`${id}.key`) });
  return {
    broker,
    async session(id: string): Promise<RawClient> {
      const client = connect(id);
      await client.open(id);
      return client;
    },
    async isRefused(id: string): Promise<boolean> {
      const client = connect(id);
      client.connect(id);
      await client.closed();
      return client.of("connack").length === 0;
    },
    stop: () => bench.remove(),
  };
}

describe("the drill on the local target", () => {
  test("prepare, activate, renew, finish: nobody is refused before the end, and the former's certificates after it", async () => {
    await issue("issue", "press-1", "press-2");
    const site = await startSite();
    try {
      const [one, two] = [await site.session("press-1"), await site.session("press-2")];
      const prepared = await stack.run("rollover", "prepare");
      expect(prepared.code).toBe(0);
      expect(prepared.output).toMatch(/announced: CN=plant-7 devices \d{4}-\d\d-\d\d until/);
      const [keyFile = ""] = readdirSync(stack.path("keys")).filter((name) =>
        name.startsWith("intermediate-"),
      );
      expect((statSync(stack.path(`keys/${keyFile}`)).mode & 0o777).toString(8)).toBe("600");
      expect(stack.text(`keys/${keyFile}`)).toContain("BEGIN ENCRYPTED PRIVATE KEY");
      expect((await stack.run("rollover", "prepare")).notes[0]).toContain(
        "an intermediate is announced already",
      );

      expect((await stack.run("rollover", "activate")).output).toMatch(
        /2 devices still have a certificate of/,
      );
      expect((await stack.run("rollover", "finish")).notes[0]).toMatch(/2 devices would be locked out/);
      await issue("issue", "press-3");
      await site.session("press-3");
      const next = certificateIn(made("press-3.pem"));
      expect(next.checkIssued(new X509Certificate(stack.authority.certificate))).toBe(false);

      await issue("renew", "press-1", "press-2");
      await site.session("press-1");
      expect((await stack.json("rollover")) as object[]).toMatchObject([
        { standing: "retiring", devices: 0 },
        { standing: "current", devices: 3 },
      ]);
      expect(site.broker.stats()).toMatchObject({ accepted: 4, refused: {} });
      const before = made("press-2.pem");
      expect((await stack.run("rollover", "finish")).code).toBe(0);
      // Its session is of the former certificate still; the device has the next one and comes back by itself.
      await two.closed(5000);
      await site.session("press-2");
      expect(before).toContain("BEGIN CERTIFICATE");
      expect(one.isClosed).toBe(true);
      expect(site.broker.stats().refused).toEqual({ "unknown certificate authority": 1 });
    } finally {
      await site.stop();
    }
  }, 60_000);
});

describe("where the root is elsewhere", () => {
  test("a request goes out, a certificate comes back, and only the right one is taken", async () => {
    stack.file("ca/intermediate.pem", stack.authority.certificate);
    stack.file("ca/root.pem", stack.root.certificate);
    stack.file("ca/key.pem", encryptedKey(stack.authority.key, passphrase));
    const description = {
      environment,
      certificate: "intermediate.pem",
      signer: { kind: "key-file", file: "key.pem" },
      root: "root.pem",
      registry: { folder: "registry", keyFile: "keys/registry.key" },
    };
    const source = ["--authority", stack.file("ca/authority.json", JSON.stringify(description))];
    const asked = await stack.run("rollover", ...source, "prepare");
    expect(asked.output).toContain("the root's key is not here: have ");
    const request = stack.text("ca/keys/intermediate.csr");
    if (hasProgram("openssl", "version")) {
      const file = stack.path("ca/keys/intermediate.csr");
      expect(openssl(["req", "-in", file, "-noout", "-verify", "-subject"], stack.folder)).toMatch(
        /subject=CN ?= ?plant-7 devices/,
      );
    }
    expect(() => verifyRequest(Buffer.from(request), { environment, keys: ["P-256"] })).toThrow("CN: ");

    const [keyFile = ""] = readdirSync(stack.path("ca/keys")).filter((name) =>
      name.startsWith("intermediate-2"),
    );
    const { keyFileSigner } = await import("../../fleet/authority/signers/key-file.ts");
    const signer = keyFileSigner(stack.path(`ca/keys/${keyFile}`), passphrase);
    const certificate = new X509Certificate(stack.root.certificate);
    const sign = (rootKey = stack.root.key, root = certificate, next = signer) =>
      signIntermediate({
        name: "next",
        signer: next,
        root: { certificate: root, signer: inProcessSigner(rootKey, "root") },
        days: 900,
        now: new Date(),
      });
    const reference = ["--signer", stack.path("ca/keys/intermediate.signer.json")];
    const accept = async (der: Buffer) =>
      stack.run(
        "rollover",
        ...source,
        "accept",
        stack.file("next.pem", toPem(der, "CERTIFICATE")),
        ...reference,
      );
    const stranger = await makeAuthority("stranger");
    expect(
      (await accept(await sign(stranger.key, new X509Certificate(stranger.certificate)))).notes[0],
    ).toContain("is not signed by a root of this fleet");
    const other = inProcessSigner(newKey(), "other");
    expect((await accept(await sign(stack.root.key, certificate, other))).notes[0]).toContain(
      "is not the one of the certificate",
    );
    const good = await sign();
    expect((await accept(good)).output).toContain("announced: CN=next");
    if (hasProgram("openssl", "version")) {
      stack.file("good.pem", toPem(good, "CERTIFICATE"));
      const verified = openssl(
        ["verify", "-x509_strict", "-CAfile", "ca/root.pem", "good.pem"],
        stack.folder,
      );
      expect(verified).toBe("good.pem: OK\n");
    }
    expect((await stack.run("rollover", ...source, "activate")).code).toBe(0);
    const { output } = await stack.run("issue", ...source, "--id", "press-1");
    const leaf = certificateIn(output.slice(output.indexOf("-----BEGIN CERTIFICATE")));
    expect(
      leaf.verify(createPublicKey(signer.publicKey.export({ type: "spki", format: "pem" }) as string)),
    ).toBe(true);
    expect((await makeRequest("x", signer)).length).toBeGreaterThan(100);
    expect(Keyring.fromFile(stack.path("ca/keys/registry.key")).keyId).toMatch(/^fieldlake-local-/);
  });
});
