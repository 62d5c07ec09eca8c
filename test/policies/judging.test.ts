/** Settings, exceptions, remediation, evidence: what surrounds the rules. */
import { describe, expect, test } from "@jest/globals";
import { isIntact, makeEvidence } from "../../policies/evidence/evidence.ts";
import { toMarkdown } from "../../policies/evidence/markdown.ts";
import { readPackConfig } from "../../policies/evidence/pack-config.ts";
import { toSarif } from "../../policies/evidence/sarif.ts";
import { toPolicies } from "../../policies/kit/crossguard.ts";
import { judge, type Judgement } from "../../policies/kit/judge.ts";
import { staleMessage } from "../../policies/kit/message.ts";
import {
  defaultSettings,
  readSettings,
  settingsSchema,
  type Exception,
} from "../../policies/kit/settings.ts";
import { rules } from "../../policies/rules/index.ts";
import { graphOfPreview } from "../../policies/sources/preview.ts";
import { graphOfState } from "../../policies/sources/state.ts";
import { graphOf, resource } from "./support/stack.ts";

const plainQueue = resource("aws:sqs/queue:Queue", {}, { name: "orders" });
const exception: Exception = {
  rule: "aws-sqs-require-customer-key",
  resource: "orders",
  reason: "the partner's account can't use our key",
  compensatingControl: "payloads are encrypted by the sender",
  expires: "2026-12-31",
};
const judged = (exceptions: readonly Exception[], today = "2026-11-25"): Judgement =>
  judge(graphOf([plainQueue]), rules, { today, settings: { ...defaultSettings, exceptions } });
const verdict = ({ findings }: Judgement): string | undefined =>
  findings.find(({ rule }) => rule.id === exception.rule)?.verdict;

const inVault = (vault: string, rest = "/keys/lake"): string =>
  `/subscriptions/s/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/${vault}${rest}`;
const keyArn = "arn:aws:kms:eu-central-1:222222222222:key/1";
const keysOfOthers: readonly [named: string, verdict: string, allowedKeyOwners: readonly string[]][] = [
  [inVault("mine"), "pass", ["https://mine.vault.azure.net"]],
  [inVault("Mine"), "pass", ["https://mine.vault.azure.net/"]],
  [inVault("mine"), "pass", ["https://mine.vault.azure.net/keys/lake"]],
  [inVault("mine"), "pass", ["https://mine.vault.usgovcloudapi.net"]],
  [inVault("mine"), "fail", []],
  [inVault("mine"), "fail", ["https://min.vault.azure.net", "https://mine.example.com", "222222222222"]],
  [inVault("mine"), "fail", ["https://mine.vault.azure.net/keys/another"]],
  [inVault("mine", ""), "fail", ["https://mine.vault.azure.net", "*"]],
  [inVault("mine", "/secrets/lake"), "fail", ["https://mine.vault.azure.net", "*"]],
  [keyArn, "pass", ["222222222222"]],
  [keyArn, "pass", [keyArn]],
  [keyArn, "fail", []],
  [keyArn, "fail", ["333333333333", "https://mine.vault.azure.net"]],
  ["arn:aws:iam::222222222222:role/else", "fail", ["222222222222", "*"]],
];

describe("exceptions", () => {
  test("one in force is a named exception with its reason, control and end", () => {
    const judgement = judged([exception]);
    expect(verdict(judgement)).toBe("not-supported");
    expect(judgement.staleExceptions).toEqual([]);
    expect(judgement.findings.find(({ rule }) => rule.id === exception.rule)?.exception).toEqual({
      reason: exception.reason,
      compensatingControl: exception.compensatingControl,
      expires: exception.expires,
    });
  });
  test("one holds on its last day, and is a violation itself from the next on", () => {
    expect(verdict(judged([exception], "2026-12-31"))).toBe("not-supported");
    const expired = judged([exception], "2027-01-01");
    expect(verdict(expired)).toBe("fail");
    expect(expired.staleExceptions.map(({ state }) => state)).toEqual(["expired"]);
    expect(expired.staleExceptions.map(staleMessage)).toEqual([
      expect.stringContaining("expired on 2026-12-31"),
    ]);
  });
  test("one that nothing needs is a violation", () => {
    const judgement = judged([{ ...exception, resource: "payments" }]);
    expect(verdict(judgement)).toBe("fail");
    expect(judgement.staleExceptions.map(staleMessage)).toEqual([
      expect.stringContaining("not needed by any resource"),
    ]);
  });
});

describe("settings", () => {
  const known = new Set(rules.map(({ id }) => id));
  test("all mistakes come at once, in the user's terms", () => {
    const exceptions = [{ ...exception, rule: "aws-nothing", expires: "2026-02-30", reason: "" }];
    const read = () => readSettings({ minimumTlsVersion: "1.1" as never, exceptions }, known);
    for (const part of [
      'received "1.1"',
      'received "aws-nothing"',
      'received "2026-02-30"',
      "exceptions[0].reason",
    ])
      expect(read).toThrow(part);
  });
  test("CrossGuard's schema names every setting", () => {
    expect(Object.keys(settingsSchema.properties).sort()).toEqual(Object.keys(defaultSettings).sort());
  });
  test("TLS 1.3 is demanded where it is set", () => {
    const domain = resource("aws:iot/domainConfiguration:DomainConfiguration", {
      applicationProtocol: "SECURE_MQTT",
      tlsConfig: { securityPolicy: "IoTSecurityPolicy_TLS13_1_2_2022_10" },
    });
    const with13 = judge(graphOf([domain]), rules, {
      settings: { ...defaultSettings, minimumTlsVersion: "1.3" },
    });
    expect(with13.findings.find(({ rule }) => rule.id === "aws-iot-require-tls")?.verdict).toBe("fail");
  });
  test("a key of an owner who is allowed is an own key", () => {
    const queue = resource("aws:sqs/queue:Queue", {
      kmsMasterKeyId: "arn:aws:kms:eu-central-1:222222222222:key/1",
    });
    const allowing = { ...defaultSettings, allowedKeyOwners: ["222222222222"] };
    const { findings } = judge(graphOf([queue]), rules, { settings: allowing });
    expect(findings.find(({ rule }) => rule.id === exception.rule)?.verdict).toBe("pass");
  });
  test("a right on a key in a vault of an owner who is allowed names no stranger; on another vault's it does", () => {
    const group = "/subscriptions/s/resourceGroups/authority";
    const ours = { component: "fieldlake:azure:DeviceFleet" };
    const verdictsOf = (vault: string) => {
      const scope = `${group}/providers/Microsoft.KeyVault/vaults/${vault}/keys/next`;
      const stack = [
        resource("azure-native:authorization:RoleAssignment", { scope }, ours),
        resource("azure-native:authorization:RoleDefinition", { assignableScopes: [group] }, ours),
      ];
      const settings = { ...defaultSettings, allowedKeyOwners: ["https://partner.vault.azure.net"] };
      const { findings } = judge(graphOf(stack), rules, { settings });
      const own = findings.filter(({ rule }) => rule.id === "azure-environment-name-own-resources");
      return own.map(({ verdict }) => verdict);
    };
    expect(verdictsOf("partner")).toEqual(["pass", "pass"]);
    expect(verdictsOf("stranger")).toEqual(["fail", "fail"]);
  });
  test.each(keysOfOthers)("a right on %s: %s, where %j may have keys", (named, verdict, allowedKeyOwners) => {
    const isArn = named.startsWith("arn:");
    const own = { outputs: { arn: "arn:aws:sns:eu-central-1:111111111111:alarms" } };
    const stack = isArn
      ? [
          resource("aws:sns/topic:Topic", {}, own),
          resource(
            "aws:kms/grant:Grant",
            { keyId: named, roleArn: named },
            { component: "fieldlake:aws:EncryptedLake" },
          ),
        ]
      : [
          resource(
            "azure-native:authorization:RoleAssignment",
            { scope: named },
            { component: "fieldlake:azure:EncryptedLake" },
          ),
        ];
    const id = isArn ? "aws-environment-name-own-accounts" : "azure-environment-name-own-resources";
    const { findings } = judge(graphOf(stack), rules, { settings: { ...defaultSettings, allowedKeyOwners } });
    expect(findings.find(({ rule }) => rule.id === id)?.verdict).toBe(verdict);
  });
  test("a configuration file that names no rule is refused", () => {
    expect(() => readPackConfig({ "aws-nothing": "disabled" }, rules)).toThrow("aws-nothing");
    expect(
      readPackConfig({ all: "advisory", "aws-sqs-require-customer-key": "disabled" }, rules).levels.get(
        exception.rule,
      ),
    ).toBe("disabled");
  });
});

describe("an environment on Azure is a private one", () => {
  const subnet = (name: string, inputs: object) =>
    resource("azure-native:network:Subnet", { networkSecurityGroup: { id: "/rules" }, ...inputs }, { name });
  const functions = subnet("functions", { delegations: [{ serviceName: "Microsoft.App/environments" }] });
  const endpoints = subnet("endpoints", {});
  const network = resource(
    "azure-native:network:VirtualNetwork",
    { location: "westeurope" },
    { name: "network" },
  );
  const open = resource(
    "azure-native:storage:StorageAccount",
    { location: "westeurope", publicNetworkAccess: "Enabled" },
    { name: "open", component: "fieldlake:azure:EncryptedLake" },
  );
  const verdicts = (...stack: Parameters<typeof graphOf>[0]) =>
    Object.fromEntries(
      judge(graphOf([open, ...stack]), rules)
        .findings.filter(({ resource: { name } }) => name === "open")
        .filter(({ rule: { id } }) => /close-network|keep-private|private-endpoint/.test(id))
        .map(({ rule: { id }, verdict }) => [id, verdict]),
    );
  const asPrivate = {
    "azure-storage-close-network": "fail",
    "azure-network-keep-private": "fail",
    "azure-network-require-private-endpoint": "fail",
  };

  test("where its network has a place for endpoints, or says nothing of its subnets", () => {
    expect(verdicts(network, functions, endpoints)).toEqual(asPrivate);
    expect(verdicts(network)).toEqual(asPrivate);
  });
  test("and not where functions have all of a network for themselves", () => {
    expect(verdicts(network, functions)).toEqual({ "azure-storage-close-network": "not-supported" });
    expect(verdicts()).toEqual({ "azure-storage-close-network": "not-supported" });
  });
});

describe("the pack as CrossGuard sees it", () => {
  const policies = toPolicies(rules);
  test("has every rule once, all mandatory, with severity and fix", () => {
    const names = policies.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { id } of rules)
      expect(policies.find(({ name }) => name === id)).toMatchObject({ enforcementLevel: "mandatory" });
  });
  test("remediation gives inputs that comply, and leaves right ones alone", () => {
    for (const rule of rules.filter(({ remediate }) => remediate !== undefined)) {
      const [type = ""] = rule.types;
      const mended = rule.remediate?.({}) ?? {};
      expect([rule.id, rule.remediate?.(mended) ?? null]).toEqual([rule.id, null]);
      expect(
        judge(graphOf([resource(type, { ...mended, ...withoutOthers(rule.id) })]), [rule]).findings.filter(
          (one) => one.verdict === "fail",
        ),
      ).toEqual([]);
    }
  });
});
/** What a rule asks besides what it can mend. */
const withoutOthers = (id: string): object =>
  id === "azure-storage-forbid-public-blobs" ? { allowCrossTenantReplication: false } : {};

describe("evidence", () => {
  const of = (judgement: Judgement) =>
    makeEvidence({
      judgement,
      rules,
      levels: new Map(),
      source: { kind: "state", name: "state.json", sha256: "00", resources: 1 },
      versions: { pack: "1", node: "24", pulumi: "3.220.0" },
      made: "2026-11-25T12:00:00.000Z",
    });
  const failed = of(judged([]));

  test("tells requirement, rule, resource, verdict and values, and whether it is as it was made", () => {
    expect(failed.passed).toBe(false);
    expect(isIntact(failed)).toBe(true);
    expect(isIntact({ ...failed, passed: true })).toBe(false);
    const requirement = failed.requirements.find(({ theme }) => theme === "cmk-at-rest");
    const rule = requirement?.rules.find(({ id }) => id === exception.rule);
    expect(rule?.findings).toEqual([
      expect.objectContaining({
        type: "aws:sqs/queue:Queue",
        verdict: "fail",
        properties: expect.arrayContaining([
          expect.objectContaining({ property: "kmsMasterKeyId", found: "absent" }),
        ]),
      }),
    ]);
  });
  test("is the same for the same source", () => {
    expect(of(judged([])).sha256).toBe(failed.sha256);
  });
  test("an exception that has expired fails it", () => {
    expect(of(judged([{ ...exception, expires: "2026-01-01" }])).passed).toBe(false);
  });
  test("Markdown names what is wrong with its fix", () => {
    const text = toMarkdown(failed, rules);
    expect(text).toContain("**failed**");
    expect(text).toMatch(/\*\*`orders`\*\*.*`kmsMasterKeyId` is absent.*Fix: set kmsMasterKeyId/);
    expect(text).toContain(failed.sha256);
  });
  test("SARIF has a rule for every result, and suppressions for exceptions", () => {
    const sarif = toSarif(of(judged([exception])), rules, "Pulumi.dev.yaml") as {
      version: string;
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number; level: string; suppressions?: object[] }[];
      }[];
    };
    expect(sarif.version).toBe("2.1.0");
    const [run] = sarif.runs;
    for (const result of run?.results ?? [])
      expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
    expect(run?.results.find(({ ruleId }) => ruleId === exception.rule)?.suppressions).toHaveLength(1);
    expect(run?.results.find(({ ruleId }) => ruleId === "aws-sqs-deny-plain-transport")?.level).toBe("error");
  });
  test("what is no state and no preview is refused with what was expected", () => {
    expect(() => graphOfState("{}", "file.json")).toThrow("file.json: has no deployment.resources");
    expect(() => graphOfState("no", "file.json")).toThrow("not JSON");
    expect(() => graphOfPreview("[]")).toThrow("has no steps");
  });
});
