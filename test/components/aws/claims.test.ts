/** Devices that come with a claim: who signs, who is asked, what a claim may do, and what such a device becomes. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { runUnsafeSimulation } from "@cloud-copilot/iam-simulate";
import { readConfig } from "../../../config.ts";
import { unwrapped } from "../../../provider/values.ts";
import { account, autoName, region } from "../aws-stand-ins.ts";
import { settled } from "../harness.ts";
import { claimCertificate, documentOf, everything, frugal, recordAws } from "./environment.ts";

type Recorded = Awaited<ReturnType<typeof recordAws>>;
const claim = everything.aws.enrolment.claim;
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
let full: Recorded;
/** Without the template for first connections. */
let registered: Recorded;
beforeAll(async () => {
  full = await recordAws(everything);
  registered = await recordAws({
    ...frugal,
    fleet: { enrolment: "registered" },
    aws: { enrolment: { claim } },
  });
});
const inputsOf = ({ recording }: Recorded, type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(`aws:${type}`, name).inputs);

describe("provisioning by claim", () => {
  test("the account's CreateCertificateFromCsr is signed by the function that has the fleet's key, within AWS's five seconds", () => {
    const provider = inputsOf(full, "cloudcontrol/resource:Resource", "acme-fleet-claim-provider");
    expect(provider["typeName"]).toBe("AWS::IoT::CertificateProvider");
    expect(JSON.parse(String(provider["desiredState"]))).toEqual({
      CertificateProviderName: "acme-claims",
      LambdaFunctionArn: arn("lambda", `function:${autoName("acme-fleet-claim-signer")}`),
      AccountDefaultForOperations: ["CreateCertificateFromCsr"],
    });
    const signer = inputsOf(full, "lambda/function:Function", "acme-fleet-claim-signer");
    expect(signer).toMatchObject({
      timeout: 5,
      reservedConcurrentExecutions: 5,
      environment: {
        variables: {
          ENVIRONMENT: "acme",
          FLEET_TABLE: autoName("acme-fleet-registry"),
          FLEET_SETTINGS: autoName("acme-fleet-enrolment-settings"),
          CERTIFICATE_DAYS: "30",
        },
      },
    });
    const may = inputsOf(full, "lambda/permission:Permission", "acme-fleet-claim-signer-may-invoke");
    expect(may).toMatchObject({
      principal: "iot.amazonaws.com",
      sourceAccount: account,
      sourceArn: arn("iot", "cert*provider?acme-claims"),
    });
  });

  test.each([
    ["with just-in-time provisioning beside it", () => full],
    ["as the only way in", () => registered],
  ])("the template asks its hook, and makes what a first connection makes: %s", (_, recorded) => {
    const made = inputsOf(recorded(), "iot/provisioningTemplate:ProvisioningTemplate", "acme-fleet-claims");
    expect(made).toMatchObject({
      name: "acme-claim",
      type: "FLEET_PROVISIONING",
      enabled: true,
      preProvisioningHook: {
        targetArn: arn("lambda", `function:${autoName("acme-fleet-claim-hook")}`),
        payloadVersion: "2020-04-01",
      },
    });
    const body = JSON.parse(String(made["templateBody"])) as { Parameters: object; Resources: object };
    expect(body.Parameters).toEqual({
      DeviceId: { Type: "String" },
      "AWS::IoT::Certificate::Id": { Type: "String" },
    });
    expect(body.Resources).toMatchObject({ thing: { Properties: { ThingName: { Ref: "DeviceId" } } } });
    const may = inputsOf(recorded(), "lambda/permission:Permission", "acme-fleet-claim-hook-may-invoke");
    expect(may).toMatchObject({
      principal: "iot.amazonaws.com",
      sourceAccount: account,
      sourceArn: arn("iot", "provisioningtemplate/acme-claim"),
    });
    expect(inputsOf(recorded(), "lambda/function:Function", "acme-fleet-claim-hook")).toMatchObject({
      timeout: 5,
      environment: { variables: { FLEET_TABLE: autoName("acme-fleet-registry"), ENVIRONMENT: "acme" } },
    });
  });

  test("but for the thing's name, both templates say the same: type, group, policy, state", () => {
    const resources = (name: string) => {
      const made = inputsOf(full, "iot/provisioningTemplate:ProvisioningTemplate", name);
      return (JSON.parse(String(made["templateBody"])) as { Resources: Record<string, object> }).Resources;
    };
    const [byClaim, atConnect] = [resources("acme-fleet-claims"), resources("acme-fleet-provisioning")];
    const named = JSON.stringify(byClaim).replace("DeviceId", "AWS::IoT::Certificate::CommonName");
    expect(named).toBe(JSON.stringify(atConnect));
  });

  test("each claim's certificate is registered as it is, under the claims' policy; no key of it is here", () => {
    expect(inputsOf(full, "iot/certificate:Certificate", "acme-fleet-claim-line-1")).toEqual({
      certificatePem: claimCertificate,
      active: true,
    });
    const attached = inputsOf(
      full,
      "iot/policyAttachment:PolicyAttachment",
      "acme-fleet-claim-line-1-policy",
    );
    expect(attached).toMatchObject({ policy: autoName("acme-fleet-claim-policy") });
  });

  test("devices learn from the stack how it goes", async () => {
    expect(await settled(full.parts.ingest.connection)).toMatchObject({
      claim: {
        clientId: "claim.{id}",
        createTopic: "$aws/certificates/create-from-csr/json",
        provisionTopic: "$aws/provisioning-templates/acme-claim/provision/json",
        parameters: { DeviceId: "{id}" },
      },
    });
    const plain = await recordAws({ ...frugal, aws: { enrolment: {} } });
    expect(await settled(plain.parts.ingest.connection)).toMatchObject({ claim: null });
  });
});

/** Exactly this, of all that a device or the holder of a claim may think of. */
const requests: Readonly<Record<string, boolean>> = {
  "iot:Connect client/claim.press-1": true,
  "iot:Connect client/press-1": false,
  "iot:Connect client/claim-1": false,
  "iot:Publish topic/$aws/certificates/create-from-csr/json": true,
  "iot:Publish topic/$aws/certificates/create/json": false,
  "iot:Publish topic/$aws/provisioning-templates/acme-claim/provision/json": true,
  "iot:Publish topic/$aws/provisioning-templates/another/provision/json": false,
  "iot:Publish topic/devices/press-1/telemetry": false,
  "iot:Publish topic/$aws/rules/acme_telemetry/x": false,
  "iot:Subscribe topicfilter/$aws/certificates/create-from-csr/json/accepted": true,
  "iot:Subscribe topicfilter/$aws/certificates/create-from-csr/json/rejected": true,
  "iot:Subscribe topicfilter/$aws/provisioning-templates/acme-claim/provision/json/accepted": true,
  "iot:Subscribe topicfilter/$aws/provisioning-templates/acme-claim/provision/json/rejected": true,
  "iot:Subscribe topicfilter/$aws/certificates/create-from-csr/json/#": false,
  "iot:Subscribe topicfilter/devices/press-1/commands/+": false,
  "iot:Receive topic/$aws/certificates/create-from-csr/json/accepted": true,
  "iot:Receive topic/devices/press-1/commands/x": false,
  "iot:AssumeRoleWithCertificate rolealias/acme-upload": false,
};

test.each(Object.entries(requests))("with a claim, %s: %s", (request, isAllowed) => {
  const policy = documentOf(inputsOf(full, "iot/policy:Policy", "acme-fleet-claim-policy")["policy"]);
  const [action = "", resource = ""] = request.split(" ");
  const verdict = runUnsafeSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/claim`,
        action,
        resource: { resource: arn("iot", resource), accountId: account },
        contextVariables: {},
      },
      identityPolicies: [{ name: "claim", policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  expect(verdict).toBe(isAllowed ? "Allowed" : "ImplicitlyDenied");
});

test("what a claim can't be is refused, all at once", () => {
  const read = (given: object): string => {
    try {
      readConfig({ ...frugal, aws: { enrolment: { claim: given } } }, { "aws:region": region });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(read(claim)).toBe("");
  const unsaid = read({ certificates: { "line-1": claimCertificate } });
  expect(unsaid).toContain("allowed: true, by which you say that no other fleet of this account and region");
  expect(read({ signsForAccount: false, certificates: {} })).toContain("allowed: 1 to 10 certificates");
  const key = "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n";
  const wrong = read({
    signsForAccount: true,
    certificates: { a: "no PEM", b: key, c: `${claimCertificate}${key}` },
  });
  for (const id of ["a", "b", "c"])
    expect(wrong).toContain(
      `fieldlake:aws.enrolment.claim.certificates.${id}: allowed: one certificate as PEM, and nothing else`,
    );
  expect(wrong).not.toContain("BEGIN PRIVATE");
});
