/** aws-dev as it is shipped, by the real engine with the offline provider, without credentials. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { judge } from "../../policies/kit/judge.ts";
import { rules } from "../../policies/rules/index.ts";
import { graphOfState } from "../../policies/sources/state.ts";
import { claimCertificate } from "../components/aws/environment.ts";
import {
  countedOf,
  expectGuarded,
  expectMadeAsPlanned,
  expectRemoved,
  expectThreeMistakes,
  expectUnchanged,
} from "./support/cloud-checks.ts";
import { createCloudStack, isUnknown, type CloudStack, type Step } from "./support/cloud-stack.ts";
import { planCommand, throughEngine, withoutSecrets, type Planned } from "./support/plan-command.ts";
import { hasEngine } from "./support/stack.ts";

const minutes = 60_000;
let stack: CloudStack;

beforeAll(async () => {
  if (!(await hasEngine())) throw new Error("there is no engine on PATH: run npm test, which brings one in");
  stack = await createCloudStack("Pulumi.aws-dev.yaml");
}, 2 * minutes);
afterAll(() => stack.dispose(), 5 * minutes);

describe("the environment aws-dev", () => {
  let planned: Planned;

  test(
    "mistakes come back at once, and nothing is planned",
    async () => {
      await expectThreeMistakes(
        "Pulumi.aws-dev.yaml",
        "fieldlake:aws: { replicaRegion: eu-central-1, writeOnce: { days: 500 } }",
        'fieldlake:key: { kind: own, reference: "alias/mine" }',
      );
    },
    2 * minutes,
  );

  test(
    "npm run plan plans everything, and knows every policy but those that name a key",
    async () => {
      planned = await planCommand("aws-dev");
      expect(planned.text).toMatch(/OFFLINE: AWS is not asked/);
      expect(countedOf(planned).length).toBeGreaterThan(150);
      const named = (name: string) => countedOf(planned).find(({ urn }) => urn.endsWith(`::${name}`));
      const policies = countedOf(planned).filter(({ inputs }) => typeof inputs["policy"] === "string");
      expect(policies.length).toBeGreaterThan(20);
      const unknown = policies
        .filter(({ inputs }) => isUnknown(inputs["policy"]))
        .map(({ type, urn }) => `${type} ${urn.split("::").at(-1)}`);
      for (const which of unknown) {
        expect(which).toMatch(
          /RolePolicy demo-[a-z-]+-keys$|BucketPolicy demo-lake-(raw|curated|quarantine|results)-policy$/,
        );
      }
      expect(isUnknown(named("demo-lake-raw-key")?.inputs["policy"])).toBe(false);
      expect(isUnknown(named("demo-lake-raw-encryption")?.inputs["rules"])).toBe(true);
    },
    3 * minutes,
  );

  test("the plan tells what is made, how it is protected, what it touches and costs", () => {
    const { plan } = planned;
    expect(plan).toMatchObject({ stack: "aws-dev", target: "aws", region: "eu-central-1" });
    expect(plan.resources).toBe(countedOf(planned).length - 1);
    expect(plan.components.map(({ component }) => component).toSorted()).toEqual([
      ...["DeviceFleet", "EncryptedLake", "KnowledgeBase", "SecureIngest", "StreamProcessor", null],
    ]);
    expect(plan.encryption.find(({ name }) => name === "raw zone")).toMatchObject({
      atRest: expect.stringContaining("SSE-KMS"),
      keyId: "known after up",
    });
    expect(plan.capabilities).toMatchObject({ customerManagedKeyOnIngest: true });
    expect(plan.exceptions.map(({ rule }) => rule)).toContain("aws-iot-require-customer-key");
    expect(plan.quotas.every(({ state }) => state === "within")).toBe(true);
    expect(plan.costs.usdPerMonth).toBeGreaterThan(10);
    expect(plan.policies).toMatchObject({ passed: true, violations: [] });
  });

  test("the export is a deployment that the engine takes, without secret or path", async () => {
    const { exported } = planned;
    const text = JSON.stringify(exported);
    expect(text).not.toContain("PRIVATE KEY");
    expect(text).not.toContain(import.meta.dirname.split("/test/")[0]);
    expect(text).toContain('"ciphertext":"[secret]"');
    const taken = (await throughEngine(exported, "aws-dev")).deployment.resources;
    const essence = (of: typeof taken) =>
      of.map(({ urn, type, inputs = {}, outputs = {}, parent, provider, dependencies = [] }) => ({
        ...{ urn, type, inputs, outputs, parent, provider, dependencies },
      }));
    expect(essence(taken)).toEqual(essence(withoutSecrets(exported.deployment.resources)));
  });

  test(
    "up makes what was planned; no private key lies plain in the state",
    async () => {
      await expectMadeAsPlanned(stack, planned, "AWS");
    },
    5 * minutes,
  );

  test(
    "what is there passes the pack, and is caught when any of its properties is weakened",
    async () => {
      await expectGuarded(stack);
    },
    2 * minutes,
  );

  test(
    "a second up changes nothing",
    async () => {
      await expectUnchanged(stack, planned);
    },
    3 * minutes,
  );

  test(
    "an update of settings replaces nothing, touches what they are about, and lets devices come with a claim",
    async () => {
      const claim = { signsForAccount: true, certificates: { "line-1": claimCertificate } };
      const settings = {
        ...{ logRetentionDays: 30, bufferSeconds: 120, scanLimitGigabytes: 5 },
        ...{ alarmEmails: ["ops@acme.example"], enrolment: { claim } },
      };
      await stack.configure(`fieldlake:aws: ${JSON.stringify(settings)}`);
      const steps = (await stack.preview()).filter(({ op }) => op !== "same");
      const isOfFleet = ({ op, name }: Step) => op === "create" && name.startsWith("demo-fleet-");
      const others = steps.filter((step) => !isOfFleet(step));
      expect(steps.filter(isOfFleet).length).toBeGreaterThan(35);
      expect(others.filter(({ op }) => op !== "update").map(({ op, type }) => `${op} ${type}`)).toEqual([
        ...["create aws:kms/key:Key", "create aws:kms/alias:Alias"],
        "create aws:sns/topicSubscription:TopicSubscription",
      ]);
      expect([...new Set(others.map(({ type }) => type))].sort()).toEqual([
        "aws:athena/workgroup:Workgroup",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        // Reports and the API read the registry, which is in the cloud from then on.
        "aws:iam/rolePolicy:RolePolicy",
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
        ...["aws:kms/alias:Alias", "aws:kms/key:Key"],
        "aws:lambda/function:Function",
        "aws:sns/topicSubscription:TopicSubscription",
      ]);
      const { status } = await stack.pulumi("up", "--yes", "--skip-preview");
      expect(status).toBe(0);
      const state = await stack.state();
      expect(state).not.toContain("PRIVATE KEY");
      const { findings } = judge(graphOfState(state, "state"), rules);
      expect(findings.filter(({ verdict }) => verdict === "fail")).toEqual([]);
      const asked = findings.filter(({ verdict }) => verdict === "pass").map(({ rule }) => rule.id);
      for (const rule of ["aws-iot-require-provisioning-hook", "aws-iot-require-signing-function"])
        expect(asked).toContain(rule);
    },
    5 * minutes,
  );

  test(
    "destroy leaves nothing behind",
    async () => {
      await expectRemoved(stack);
    },
    5 * minutes,
  );
});
