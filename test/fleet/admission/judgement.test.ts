import "reflect-metadata"; // @peculiar/x509 wants it loaded before itself
import { beforeAll, describe, expect, test } from "@jest/globals";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  denials,
  mayConnect,
  supersededGraceMs,
  type ConnectFacts,
  type ConnectRules,
  type Denial,
} from "../../../fleet/admission/judgement.ts";
import { defaultKeys, verifyRequest } from "../../../fleet/authority/certificate-request.ts";
import { TestAuthority } from "../../site/support/certificates.ts";
import { environment, issuerOf, makeAuthority, makeRequest, type Authority } from "../authority/support.ts";

const now = new Date();
const day = 86_400_000;
const nothing: ConnectFacts = { isListed: false, certificate: null, isRegistered: false };
let authority: Authority;
let rules: ConnectRules;
beforeAll(async () => {
  authority = await makeAuthority("intermediate", { parent: await makeAuthority("root") });
  rules = {
    environment,
    issuers: [new X509Certificate(authority.certificate)],
    enrolment: "on-first-connect",
  };
});

async function issued(id = "press-1", home = environment): Promise<X509Certificate> {
  const { der } = await makeRequest(id);
  const issuer = issuerOf(authority, { environment: home });
  const request = verifyRequest(der, { environment: home, keys: defaultKeys });
  return new X509Certificate((await issuer.issue(request, issuer.validity(90))).der);
}

describe("a certificate of ours", () => {
  test("is let in by its name, until its end", async () => {
    const certificate = await issued();
    expect(mayConnect(certificate, rules, () => nothing, now)).toEqual({
      allow: true,
      deviceId: "press-1",
      notAfter: certificate.validToDate,
      issuer: rules.issuers[0],
    });
  });

  const registered = { deviceId: "press-1", isRevoked: false, supersededAt: null };
  const cases: readonly [Denial, Partial<ConnectRules>, Partial<ConnectFacts>, number][] = [
    ["certificate expired", {}, {}, 91],
    ["certificate not yet valid", {}, {}, -2],
    ["certificate revoked", {}, { isListed: true }, 0],
    ["certificate revoked", {}, { certificate: { ...registered, isRevoked: true } }, 0],
    ["certificate superseded", {}, { certificate: { ...registered, supersededAt: now } }, 8],
    ["device not registered", { enrolment: "registered" }, {}, 0],
    ["certificate of another environment", { environment: "plant-8" }, {}, 0],
    ["unknown certificate authority", { issuers: [] }, {}, 0],
  ];
  test.each(cases)("is refused: %s (%j %j, after %d days)", async (reason, change, facts, days) => {
    const at = new Date(now.getTime() + days * day);
    const verdict = mayConnect(await issued(), { ...rules, ...change }, () => ({ ...nothing, ...facts }), at);
    expect(verdict).toMatchObject({ allow: false, reason });
  });

  test("is let in where it is registered, and a superseded one for its days of grace", async () => {
    const certificate = await issued();
    const strict = { ...rules, enrolment: "registered" } as const;
    expect(mayConnect(certificate, strict, () => ({ ...nothing, isRegistered: true }), now).allow).toBe(true);
    const facts = () => ({ ...nothing, certificate: { ...registered, supersededAt: now } });
    const last = new Date(now.getTime() + supersededGraceMs);
    expect(mayConnect(certificate, rules, facts, last).allow).toBe(true);
    expect(mayConnect(certificate, rules, facts, new Date(last.getTime() + 1)).allow).toBe(false);
  });
});

describe("other certificates", () => {
  test("of an authority with the same name and another key: nobody is asked about them", async () => {
    const twin = await makeAuthority("intermediate");
    const { der } = await makeRequest("press-1");
    const issuer = issuerOf(twin);
    const request = verifyRequest(der, { environment, keys: defaultKeys });
    const certificate = new X509Certificate((await issuer.issue(request, issuer.validity(90))).der);
    const asked: string[] = [];
    const verdict = mayConnect(certificate, rules, (id) => (asked.push(id), nothing), now);
    expect(verdict).toEqual({ allow: false, reason: "unknown certificate authority", deviceId: null });
    expect(asked).toEqual([]);
  });

  test.each([
    ["certificate not for client authentication", { usages: ["serverAuth"] }],
    ["certificate not for client authentication", { usages: [] }],
    ["certificate not for client authentication", { isAuthority: true }],
    ["certificate without a device id", { subject: "CN=Press 1" }],
    ["certificate without a device id", { subject: "O=press-1" }],
    ["certificate without a device id", { subject: "CN=press-1,CN=press-2" }],
  ] as const)("%s: %j", async (reason, options) => {
    const other = await TestAuthority.create("other");
    const { certificate } = await other.issue("press-1", options);
    const issuers = [new X509Certificate(other.certificate)];
    const verdict = mayConnect(new X509Certificate(certificate), { ...rules, issuers }, () => nothing, now);
    expect(verdict).toEqual({ allow: false, reason, deviceId: null });
  });

  test("with the URI of another device or environment", async () => {
    const certificate = await issued("press-1", "plant-8");
    expect(mayConnect(certificate, rules, () => nothing, now)).toEqual({
      allow: false,
      reason: "certificate of another environment",
      deviceId: "press-1",
    });
  });

  test("of an issuer that has expired", async () => {
    const certificate = await issued();
    const after = new Date(now.getTime() + 2000 * day);
    expect(mayConnect(certificate, rules, () => nothing, after)).toMatchObject({
      reason: "certificate expired",
    });
  });
});

test("the function is pure: it imports no I/O, and its reasons are a closed list", () => {
  const source = readFileSync("fleet/admission/judgement.ts", "utf8");
  const imports = [...source.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
  expect(imports).toEqual(["node:crypto", "../../functions/core/envelope.ts"]);
  expect(denials).toHaveLength(9);
});
