import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import { beforeAll, describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultKeys, verifyRequest } from "../../../fleet/authority/certificate-request.ts";
import { IssuerError, type IssuedCertificate } from "../../../fleet/authority/issuer.ts";
import { issueRevocationList, nextListUpdate } from "../../../fleet/authority/revocation-list.ts";
import { SignerError } from "../../../fleet/authority/signer.ts";
import { inProcessSigner } from "../../../fleet/authority/signers/in-process.ts";
import { toPem } from "../../../fleet/x509/pem.ts";
import {
  environment,
  hasProgram,
  issuerOf,
  makeAuthority,
  makeRequest,
  newKey,
  openssl,
  temporaryFolder,
  type Authority,
} from "./support.ts";
import * as x509 from "@peculiar/x509";

const everyKey = { environment, keys: ["P-256", "P-384", "RSA"] as const };
let root: Authority;
let authority: Authority;
beforeAll(async () => {
  root = await makeAuthority("test root");
  authority = await makeAuthority("test intermediate", { parent: root });
});

async function issued(id: string, days = 90, issuer = issuerOf(authority)): Promise<IssuedCertificate> {
  const { der } = await makeRequest(id);
  return issuer.issue(verifyRequest(der, { environment, keys: defaultKeys }), issuer.validity(days));
}

describe("a device certificate", () => {
  test("has the profile of the design, value by value, as @peculiar/x509 reads it", async () => {
    const { der, key } = await makeRequest("press-1", { subject: "C=DE, O=Works, CN=press-1" });
    const issuer = issuerOf(authority);
    const request = verifyRequest(der, { environment, keys: defaultKeys });
    const { der: certificate, serial, keyHash } = await issuer.issue(request, issuer.validity(90));
    const parsed = new x509.X509Certificate(certificate);
    expect(parsed.subject).toBe("CN=press-1");
    expect(parsed.issuer).toBe("CN=test intermediate, O=Fieldlake tests");
    expect(parsed.serialNumber).toBe(serial);
    expect(parsed.signatureAlgorithm).toMatchObject({ name: "ECDSA", hash: { name: "SHA-256" } });
    expect(Buffer.from(parsed.publicKey.rawData)).toEqual(
      createPublicKey(key).export({ type: "spki", format: "der" }),
    );
    expect(keyHash.length).toBe(32);
    expect(parsed.extensions.map(({ type, critical }) => [type, critical])).toEqual([
      ["2.5.29.19", true],
      ["2.5.29.15", true],
      ["2.5.29.37", false],
      ["2.5.29.14", false],
      ["2.5.29.35", false],
      ["2.5.29.17", false],
    ]);
    expect(parsed.getExtension(x509.BasicConstraintsExtension)?.ca).toBe(false);
    expect(parsed.getExtension(x509.KeyUsagesExtension)?.usages).toBe(x509.KeyUsageFlags.digitalSignature);
    expect(parsed.getExtension(x509.ExtendedKeyUsageExtension)?.usages).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(
      authority.parsed.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    );
    expect(parsed.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON()).toEqual([
      { type: "url", value: `urn:fleet:${environment}:press-1` },
    ]);
  });

  test("carries the address of a revocation list where brokers fetch one", async () => {
    const { der } = await issued(
      "press-1",
      90,
      issuerOf(authority, { revocationListUrl: "http://pki.example/a.crl" }),
    );
    const points = new x509.X509Certificate(der).getExtension(x509.CRLDistributionPointsExtension);
    expect(points?.distributionPoints[0]?.distributionPoint?.fullName?.[0]?.uniformResourceIdentifier).toBe(
      "http://pki.example/a.crl",
    );
  });

  test("lives for its days from now, five minutes earlier for clocks that are behind, and never beyond its issuer", async () => {
    const now = new Date("2030-03-01T12:00:00.400Z");
    const late = await makeAuthority("late", { parent: root, until: 4000 });
    const issuer = issuerOf(late, { now: () => now });
    expect(issuer.validity(90)).toEqual({
      notBefore: new Date("2030-03-01T11:55:00Z"),
      notAfter: new Date("2030-05-30T12:00:00Z"),
    });
    const soon = await makeAuthority("soon", { parent: root, until: 20 });
    expect(issuerOf(soon).validity(90).notAfter).toEqual(soon.parsed.notAfter);
  });

  test("is written in GeneralizedTime from 2050 on", async () => {
    const ages = await makeAuthority("ages", { parent: root, until: 14_600 });
    const now = () => new Date("2051-06-01T00:00:00Z");
    const { der } = await issued("press-1", 30, issuerOf(ages, { now }));
    expect(new X509Certificate(der).validToDate).toEqual(new Date("2051-07-01T00:00:00Z"));
    expect(der.includes(Buffer.from("20510701000000Z"))).toBe(true);
  });

  test("has a serial number of 20 octets that is positive whatever the random source says", async () => {
    for (const octet of [0x00, 0xff]) {
      const issuer = issuerOf(authority, { random: (length) => Buffer.alloc(length, octet) });
      const { der, serial } = await issued("press-1", 90, issuer);
      expect(serial).toHaveLength(40);
      expect(["40", "7f"]).toContain(serial.slice(0, 2));
      expect(new X509Certificate(der).serialNumber.toLowerCase()).toBe(serial);
    }
  });

  test("is signed by P-384 and RSA authorities as well", async () => {
    const large = await makeAuthority("large", { parent: root, curve: "P-384" });
    const { der } = await issued("press-1", 90, issuerOf(large));
    expect(new X509Certificate(der).verify(createPublicKey(large.key))).toBe(true);
  });
});

describe("an authority that can't issue", () => {
  test.each([
    ["is none", { isAuthority: false }, "is not an authority; allowed: one with CA:true"],
    ["ends within a week", { until: 6 }, "too soon for a certificate of 7 days: roll the authority over"],
    ["has expired", { from: -10, until: -1 }, "too soon for a certificate of 7 days"],
    ["is not valid yet, or the clock is wrong", { from: 2 }, "set the clock"],
  ])("%s", async (_what, options, words) => {
    const poor = await makeAuthority("poor", { parent: root, ...options });
    expect(() => issuerOf(poor).validity(90)).toThrow(IssuerError);
    expect(() => issuerOf(poor).validity(90)).toThrow(words);
  });

  test("whose key is another one", () => {
    const signer = inProcessSigner(newKey(), "key file other.pem");
    expect(() => issuerOf(authority, { signer })).toThrow(SignerError);
    expect(() => issuerOf(authority, { signer })).toThrow(
      'the key in key file other.pem is not the one of the certificate "CN=test intermediate, O=Fieldlake tests"',
    );
  });

  test("whose certificate is something else, or whose key is too weak to sign", () => {
    expect(() => issuerOf({ ...authority, certificate: "hello" })).toThrow("no PEM certificate");
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
    expect(() => inProcessSigner(weak, "weak")).toThrow(
      "received a key of type rsa 1024; allowed: ECDSA P-256",
    );
  });
});

describe("checked against others on every run, on random leaves", () => {
  const count = 100;

  test(`OpenSSL, Go, Node and @peculiar/x509 accept ${count} leaves and the revocation list`, async () => {
    const folder = temporaryFolder();
    try {
      const issuer = issuerOf(authority);
      const leaves: IssuedCertificate[] = [];
      for (let index = 0; index < count; index += 1) {
        const id = `d${randomBytes(1 + (index % 31)).toString("hex")}`;
        const { der } = await makeRequest(id, index % 10 === 0 ? { curve: "P-384" } : {});
        leaves.push(await issuer.issue(verifyRequest(der, everyKey), issuer.validity(7 + index)));
      }
      const files = leaves.map(({ der }, index) => {
        writeFileSync(join(folder.path, `${index}.pem`), toPem(der, "CERTIFICATE"));
        return `${index}.pem`;
      });
      const now = new Date();
      const entries = leaves.slice(0, 10).map(({ serial }, index) => ({
        serial,
        revokedAt: now,
        reason: index % 2 === 0 ? ("keyCompromise" as const) : ("unspecified" as const),
      }));
      const list = await issueRevocationList({
        issuer: authority.certificate,
        signer: issuer.signer,
        entries,
        number: 77,
        thisUpdate: now,
        nextUpdate: nextListUpdate(now),
      });
      const save = (name: string, text: string) => writeFileSync(join(folder.path, name), text);
      save("root.pem", root.certificate);
      save("intermediate.pem", authority.certificate);
      save("list.crl", list);

      for (const { der, deviceId } of leaves) {
        const certificate = new X509Certificate(der);
        expect(certificate.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
        expect(certificate.verify(createPublicKey(authority.key))).toBe(true);
        expect(certificate.subject).toBe(`CN=${deviceId}`);
      }
      for (const { der } of leaves.slice(0, 10)) {
        const publicKey = await authority.parsed.publicKey.export();
        expect(await new x509.X509Certificate(der).verify({ publicKey })).toBe(true);
      }
      const read = new x509.X509Crl(list);
      expect(read.entries.map(({ serialNumber, reason }) => [serialNumber, reason])).toEqual(
        entries.map(({ serial, reason }) => [
          serial,
          reason === "unspecified" ? undefined : x509.X509CrlReason[reason],
        ]),
      );
      expect(await read.verify({ publicKey: authority.parsed })).toBe(true);

      if (hasProgram("openssl", "version")) {
        const chain = [
          "-x509_strict",
          "-purpose",
          "sslclient",
          "-CAfile",
          "root.pem",
          "-untrusted",
          "intermediate.pem",
        ];
        expect(openssl(["verify", ...chain, ...files], folder.path)).toBe(
          files.map((file) => `${file}: OK\n`).join(""),
        );
        expect(openssl(["crl", "-in", "list.crl", "-noout", "-crlnumber"], folder.path)).toBe(
          "crlNumber=0x4D\n",
        );
        const revoked = ["-crl_check", "-CRLfile", "list.crl", ...chain];
        expect(() => openssl(["verify", ...revoked, "0.pem"], folder.path)).toThrow("certificate revoked");
        expect(openssl(["verify", ...revoked, "10.pem"], folder.path)).toBe("10.pem: OK\n");
      }
      if (hasProgram("go", "version")) {
        const lines = execFileSync(
          "go",
          [
            "run",
            ".",
            ...["root.pem", "intermediate.pem", "list.crl", ...files].map((file) => join(folder.path, file)),
          ],
          { cwd: join("test", "fleet", "authority", "go-check"), encoding: "utf8" },
        );
        expect(lines.trim().split("\n")).toEqual([
          "list 77 10",
          ...leaves.map(
            ({ deviceId, serial }) =>
              `CN=${deviceId} ${serial} ecdsa false 1 urn:fleet:${environment}:${deviceId}`,
          ),
        ]);
      }
    } finally {
      folder.remove();
    }
  }, 120_000);
});
