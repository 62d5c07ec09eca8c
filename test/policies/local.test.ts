/** Every rule: a compliant, a violating, an absent and an unknown case. The engine test runs the pack for real. */
import { describe, expect, test } from "@jest/globals";
import { message, type Planned, type Rule } from "../../policies/kit.ts";
import { rules } from "../../policies/rules/index.ts";

const pem = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
const broker = (settings: object) => planned("fieldlake:local:Broker", { settings });
const console_ = (settings: object) => planned("fieldlake:local:Console", { settings });
const lake = (settings: object) => planned("fieldlake:local:Lake", { settings });
const key = (properties: object) => planned("fieldlake:local:Keyring", properties);
const leaf = (properties: object) =>
  planned("tls:index/locallySignedCert:LocallySignedCert", { allowedUses: ["client_auth"], ...properties });
const privateKey = (properties: object) => planned("tls:index/privateKey:PrivateKey", properties);

function planned(type: string, properties: object): Planned {
  return { type, name: "x", properties: properties as Record<string, unknown> };
}

/** As @pulumi/policy hands over what a preview does not know: present, and throwing when read. */
function notKnownYet<Value extends object>(value: Value, hidden: string): Value {
  return new Proxy(value, {
    get(target, name) {
      if (name !== hidden) return Reflect.get(target, name) as unknown;
      throw Object.assign(new Error("unknown"), { unknownTypeSentinel: "" });
    },
  });
}

interface Cases {
  readonly compliant: readonly Planned[];
  readonly violating: readonly Planned[];
  readonly absent: readonly Planned[];
  readonly unknown: readonly Planned[];
}

const cases: Record<string, Cases> = {
  "local-broker-require-client-certificate": {
    compliant: [broker({ clientTrust: pem })],
    violating: [broker({ clientTrust: "anybody" })],
    absent: [broker({})],
    unknown: [broker(notKnownYet({ clientTrust: "" }, "clientTrust"))],
  },
  "local-broker-require-server-certificate": {
    compliant: [broker({ serverCertificate: pem })],
    violating: [broker({ serverCertificate: "" })],
    absent: [broker({})],
    unknown: [broker(notKnownYet({ serverCertificate: "" }, "serverCertificate"))],
  },
  "local-console-require-tls-beyond-loopback": {
    compliant: [
      console_({ host: "127.0.0.1", tls: null }),
      console_({ host: "10.0.0.1", tls: { certificate: pem } }),
    ],
    violating: [console_({ host: "0.0.0.0", tls: null })],
    absent: [console_({})],
    unknown: [console_(notKnownYet({ host: "0.0.0.0", tls: null }, "tls"))],
  },
  "local-lake-require-key": {
    compliant: [lake({ keyFile: "/keys/lake.key" })],
    violating: [lake({ keyFile: "lake.key" })],
    absent: [lake({})],
    unknown: [lake(notKnownYet({ keyFile: "" }, "keyFile"))],
  },
  "local-keyring-forbid-key-beside-data": {
    compliant: [key({ file: "/keys/lake.key" }), lake({ dataFolder: "/data" })],
    violating: [key({ file: "/data/keys/lake.key" }), lake({ dataFolder: "/data" })],
    absent: [key({}), lake({ dataFolder: "/data" })],
    unknown: [
      planned("fieldlake:local:Keyring", notKnownYet({ file: "" }, "file")),
      lake({ dataFolder: "/data" }),
    ],
  },
  "local-certificate-limit-lifetime": {
    compliant: [leaf({ validityPeriodHours: 90 * 24 })],
    violating: [leaf({ validityPeriodHours: 398 * 24 })],
    absent: [leaf({})],
    unknown: [
      planned(
        "tls:index/locallySignedCert:LocallySignedCert",
        notKnownYet({ allowedUses: ["client_auth"], validityPeriodHours: 0 }, "validityPeriodHours"),
      ),
    ],
  },
  "local-certificate-forbid-shared-roles": {
    compliant: [leaf({})],
    violating: [leaf({ allowedUses: ["client_auth", "server_auth"] })],
    absent: [leaf({ isCaCertificate: true })],
    unknown: [
      planned(
        "tls:index/locallySignedCert:LocallySignedCert",
        notKnownYet({ allowedUses: [] }, "allowedUses"),
      ),
    ],
  },
  "local-key-require-strength": {
    compliant: [
      privateKey({ algorithm: "ECDSA", ecdsaCurve: "P256" }),
      privateKey({ algorithm: "RSA", rsaBits: 3072 }),
      privateKey({ algorithm: "ED25519" }),
    ],
    violating: [privateKey({ algorithm: "RSA", rsaBits: 1024 })],
    absent: [privateKey({ algorithm: "ECDSA" })],
    unknown: [planned("tls:index/privateKey:PrivateKey", notKnownYet({ algorithm: "" }, "algorithm"))],
  },
};

describe.each(rules.map((rule): [string, Rule] => [rule.id, rule]))("%s", (id, rule) => {
  const { compliant, violating, absent, unknown } = cases[id] as Cases;
  test("passes what complies", () => expect(rule.check(compliant)).toEqual([]));
  test("catches a violation, with property, reason, fix and controls", () => {
    const [violation, ...others] = rule.check(violating);
    expect(others).toEqual([]);
    if (violation === undefined) throw new Error("nothing was caught");
    const text = message(rule, violation);
    for (const part of [violation.property, rule.why, rule.fix, id, ...rule.controls])
      expect(text).toContain(part);
  });
  test("takes what is absent for a violation", () => expect(rule.check(absent)).toHaveLength(1));
  test("leaves open what is not known yet", () => expect(rule.check(unknown)).toEqual([]));
});

test("every rule has its cases, and an id of its own", () => {
  expect(Object.keys(cases).sort()).toEqual(rules.map(({ id }) => id).sort());
});

test("no message shows a private key", () => {
  const [rule] = rules;
  const stolen = broker({ clientTrust: "-----BEGIN PRIVATE KEY-----\nMIGH\n" });
  const [violation] = rule?.check([stolen]) ?? [];
  if (rule === undefined || violation === undefined) throw new Error("nothing was caught");
  expect(message(rule, violation)).not.toContain("MIGH");
});
