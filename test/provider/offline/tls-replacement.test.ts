/**
 * What a change does to certificates and requests, and what is refused. The tables were measured on the real
 * provider (pulumi-tls on bridge 3.137, terraform-provider-tls 4.2) by the same calls.
 */

import { beforeAll, describe, expect, test } from "@jest/globals";
import type { WireMap } from "../../../provider/offline/shared/values.ts";
import { UNKNOWN, opened, resource, secret, textOf, tlsProvider, tlsToken } from "./support.ts";

let now = new Date("2026-03-01T12:00:00Z");
const provider = tlsProvider({ now: () => now });
const keys = resource(provider, tlsToken("PrivateKey"));
const certificates = resource(provider, tlsToken("SelfSignedCert"));

const { state: keyState } = await keys.create({ algorithm: "ED25519" });
const pem = opened(keyState["privateKeyPem"]);
const base: WireMap = { privateKeyPem: pem, validityPeriodHours: 100, allowedUses: ["cert_signing"] };
const subject = { commonName: "a", streetAddresses: ["x"] };
const authority: WireMap = { ...base, isCaCertificate: true, maxPathLength: 1, subject };

type Row = [what: string, from: WireMap, to: WireMap, changes: string[], replaces: string[]];

const replaced = (what: string, from: WireMap, to: WireMap, ...names: string[]): Row => [
  what,
  from,
  to,
  names,
  names,
];

const table: Row[] = [
  ["nothing", base, base, [], []],
  ["a default, written out", base, { ...base, isCaCertificate: false, earlyRenewalHours: 0 }, [], []],
  ["earlyRenewalHours", base, { ...base, earlyRenewalHours: 5 }, ["earlyRenewalHours"], []],
  [
    "earlyRenewalHours, not known yet",
    base,
    { ...base, earlyRenewalHours: UNKNOWN },
    ["earlyRenewalHours"],
    [],
  ],
  [
    "earlyRenewalHours, to where the renewal is due",
    base,
    { ...base, earlyRenewalHours: 100 },
    ["earlyRenewalHours", "readyForRenewal"],
    ["readyForRenewal"],
  ],
  [
    "validityPeriodHours, to nothing",
    base,
    { ...base, validityPeriodHours: 0 },
    ["readyForRenewal", "validityPeriodHours"],
    ["validityPeriodHours"],
  ],
  replaced("validityPeriodHours", base, { ...base, validityPeriodHours: 101 }, "validityPeriodHours"),
  replaced("allowedUses", base, { ...base, allowedUses: [] }, "allowedUses"),
  replaced("allowedUses, not known yet", base, { ...base, allowedUses: UNKNOWN }, "allowedUses"),
  replaced(
    "isCaCertificate",
    base,
    { ...base, isCaCertificate: true, subject },
    "isCaCertificate",
    "subject",
  ),
  replaced("maxPathLength", base, { ...base, maxPathLength: -1 }, "maxPathLength"),
  ["maxPathLength, taken away", authority, { ...authority, maxPathLength: null }, [], []],
  replaced("setSubjectKeyId", base, { ...base, setSubjectKeyId: true }, "setSubjectKeyId"),
  replaced("dnsNames, to an empty list", base, { ...base, dnsNames: [] }, "dnsNames"),
  replaced("dnsNames", base, { ...base, dnsNames: ["a"] }, "dnsNames"),
  replaced("subject, to an empty one", base, { ...base, subject: {} }, "subject"),
  replaced(
    "a field of the subject",
    authority,
    { ...authority, subject: { ...subject, country: "DE" } },
    "subject",
  ),
  replaced("a field of the subject, not known yet", authority, { ...authority, subject: UNKNOWN }, "subject"),
  replaced("privateKeyPem, not known yet", base, { ...base, privateKeyPem: UNKNOWN }, "privateKeyPem"),
  replaced("privateKeyPem, by a line feed", base, { ...base, privateKeyPem: `${pem}\n` }, "privateKeyPem"),
];

test.each(table)("a change of %s", async (_what, from, to, changes, replaces) => {
  const { state } = await certificates.create(from);
  expect(await certificates.diff(state, to)).toEqual({ changes, replaces });
});

test("a key that was not kept as PEM is changed in place", async () => {
  const { state } = await certificates.create(base);
  const difference = await certificates.diff({ ...state, privateKeyPem: secret("0f3a") }, base);
  expect(difference).toEqual({ changes: ["privateKeyPem"], replaces: [] });
});

test("a certificate of the Terraform SDK's time, with empty strings and no defaults, stays", async () => {
  const { state } = await certificates.create({ ...base, subject: { commonName: "a" } });
  const { isCaCertificate: _ca, setSubjectKeyId: _ski, setAuthorityKeyId: _aki, ...old } = state;
  const stored = { ...old, subject: { commonName: "a", country: "", streetAddresses: [] } };
  const difference = await certificates.diff(stored, { ...base, subject: { commonName: "a" } });
  expect(difference).toEqual({ changes: [], replaces: [] });
});

describe("renewal", () => {
  let state: WireMap;
  beforeAll(async () => {
    now = new Date("2026-03-01T12:00:00Z");
    ({ state } = await certificates.create({ ...base, earlyRenewalHours: 10 }));
  });

  test.each([
    ["2026-03-05T05:59:59.999Z", false],
    ["2026-03-05T06:00:00.000Z", true],
    ["2027-01-01T00:00:00.000Z", true],
  ])("at %s due: %s", async (time, due) => {
    expect(state["validityEndTime"]).toBe("2026-03-05T16:00:00.000Z");
    now = new Date(time);
    const inputs = { ...base, earlyRenewalHours: 10 };
    const names = due ? ["readyForRenewal"] : [];
    expect(await certificates.diff(state, inputs)).toEqual({ changes: names, replaces: names });
    const { state: read } = await certificates.read(textOf(state, "id"), state);
    expect(read).toEqual({ ...state, readyForRenewal: due });
    expect(await certificates.diff(read, inputs)).toEqual({ changes: names, replaces: names });
  });

  test("an update in place keeps the certificate, and at a preview everything stays known", async () => {
    now = new Date("2026-03-01T12:00:00Z");
    const inputs = { ...base, earlyRenewalHours: 20 };
    expect(await certificates.update(state, inputs)).toEqual({ ...state, earlyRenewalHours: 20 });
    const token = tlsToken("SelfSignedCert");
    expect(await provider.update(token, state, inputs, true)).toEqual({ ...state, earlyRenewalHours: 20 });
  });

  test.each([
    [{ validityPeriodHours: 0 }, true],
    [{ validityPeriodHours: 5, earlyRenewalHours: 5 }, true],
    [{ validityPeriodHours: 5, earlyRenewalHours: 4 }, false],
    [{ validityPeriodHours: UNKNOWN }, true],
    [{ earlyRenewalHours: UNKNOWN }, false],
  ])("planned with %j, ready at once: %s", async (more, ready) => {
    expect((await certificates.preview({ ...base, ...more }))["readyForRenewal"]).toBe(ready);
  });
});

test("a preview with an unknown key knows what does not depend on it", async () => {
  const preview = await certificates.preview({
    ...base,
    privateKeyPem: UNKNOWN,
    subject: { commonName: UNKNOWN },
  });
  expect(preview).toEqual({
    allowedUses: ["cert_signing"],
    certPem: UNKNOWN,
    earlyRenewalHours: 0,
    id: UNKNOWN,
    isCaCertificate: false,
    keyAlgorithm: UNKNOWN,
    maxPathLength: UNKNOWN,
    privateKeyPem: UNKNOWN,
    readyForRenewal: false,
    setAuthorityKeyId: false,
    setSubjectKeyId: false,
    subject: { commonName: UNKNOWN },
    validityEndTime: UNKNOWN,
    validityPeriodHours: 100,
    validityStartTime: UNKNOWN,
  });
});

test("a write-only key signs, is not in the state, and its version alone says that it changed", async () => {
  const { privateKeyPem: _kept, ...rest } = base;
  const inputs = { ...rest, privateKeyPemWo: pem, privateKeyPemWoVersion: 1 };
  const { state } = await certificates.create(inputs);
  expect(JSON.stringify(state)).not.toContain("PRIVATE KEY");
  expect(state["keyAlgorithm"]).toBe("ED25519");
  expect(await certificates.diff(state, { ...inputs, privateKeyPemWo: "other" })).toEqual({
    changes: [],
    replaces: [],
  });
  const next = { ...inputs, privateKeyPemWoVersion: 2 };
  const names = ["privateKeyPemWoVersion"];
  expect(await certificates.diff(state, next)).toEqual({ changes: names, replaces: names });
});

test.each<[WireMap, string]>([
  [{ validityPeriodHours: -1 }, "validityPeriodHours: must be at least 0; got -1"],
  [{ earlyRenewalHours: -2 }, "earlyRenewalHours: must be at least 0; got -2"],
  [{ maxPathLength: -2 }, "maxPathLength: must be at least -1; got -2"],
  [{ maxPathLength: 2 }, "maxPathLength: must be absent, -1 or 0 unless isCaCertificate is true; got 2"],
  [{ ipAddresses: ["1.2.3.4", "1.2.3"] }, 'ipAddresses[1]: must be an IPv4 or IPv6 address; got "1.2.3"'],
  [{ ipAddresses: ["fe80::1%eth0"] }, 'ipAddresses[0]: must be an IPv4 or IPv6 address; got "fe80::1%eth0"'],
  [{ uris: ["a b"] }, 'uris[0]: must be a URI (ASCII, no spaces); got "a b"'],
  [
    { dnsNames: ["ü.example"] },
    'dnsNames[0]: must be ASCII (write an international name in its xn-- form); got "ü.example"',
  ],
  [{ subject: { commonName: ["a"] } }, 'subject.commonName: must be a string; got ["a"]'],
  [{ subject: "a" }, 'subject: must be an object; got "a"'],
  [{ dnsNames: "a" }, 'dnsNames: must be a list of strings; got "a"'],
  [{ isCaCertificate: "yes" }, 'isCaCertificate: must be true or false; got "yes"'],
  [
    { isCaCertificate: true },
    "subject: must have at least one attribute if isCaCertificate is true (RFC 5280 section 4.1.2.6)",
  ],
  [
    { setAuthorityKeyId: true },
    "setAuthorityKeyId: must be false unless setSubjectKeyId or isCaCertificate is true; got true",
  ],
  [{ privateKeyPem: ["secret"] }, "privateKeyPem: must be a string; got a secret value"],
  [
    { privateKeyPem: null },
    "privateKeyPem: exactly one of privateKeyPem and privateKeyPemWo must be set; got 0 of them",
  ],
  [
    { privateKeyPemWo: pem, privateKeyPemWoVersion: 1 },
    "privateKeyPem: exactly one of privateKeyPem and privateKeyPemWo must be set; got 2 of them",
  ],
  [{ privateKeyPem: null, privateKeyPemWo: pem }, "privateKeyPemWoVersion: is required with privateKeyPemWo"],
])("%j is refused", (more, message) => {
  expect(certificates.failures({ ...base, ...more })).toEqual([message]);
});

test("several faults are told at once, and what is not known yet is not judged", () => {
  expect(certificates.failures({ allowedUses: ["signing"] })).toEqual([
    "validityPeriodHours: is required: Hours the certificate is valid for.",
    expect.stringMatching(
      /^allowedUses\[0\]: must be one of "any_extended", "cert_signing", .*; got "signing"$/,
    ),
  ]);
  const unknowns = {
    isCaCertificate: true,
    subject: UNKNOWN,
    maxPathLength: UNKNOWN,
    ipAddresses: [UNKNOWN],
  };
  expect(certificates.failures({ ...base, ...unknowns })).toEqual([]);
});
