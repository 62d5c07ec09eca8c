/** What devices that come over the wire meet on AWS: the registry, the enrolment function and its two doors, the check at connect. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { X509Certificate } from "node:crypto";
import { unwrapped } from "../../../provider/values.ts";
import { readConfig } from "../../../config.ts";
import { registryPlace } from "../../../fleet/commands/fleet/open-registry.ts";
import { account, autoName, region } from "../aws-stand-ins.ts";
import { settled } from "../harness.ts";
import { claimCertificate, documentOf, everything, frugal, recordAws } from "./environment.ts";

type Recorded = Awaited<ReturnType<typeof recordAws>>;
let full: Recorded;
let least: Recorded;
beforeAll(async () => {
  full = await recordAws(everything);
  least = await recordAws({ ...frugal, aws: { enrolment: {} } });
});

const { domain, signingKeys } = everything.aws.enrolment;
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
const inputsOf = ({ recording }: Recorded, type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(`aws:${type}`, name).inputs);
const types = ({ recording }: Recorded) => new Set(recording.registrations.map(({ type }) => type));

describe("the registry", () => {
  test("is a table under the fleet's own key, set back to any second, kept where the environment is", () => {
    const table = (recorded: Recorded) => inputsOf(recorded, "dynamodb/table:Table", "acme-fleet-registry");
    expect(table(full)).toEqual({
      billingMode: "PAY_PER_REQUEST",
      hashKey: "p",
      rangeKey: "s",
      attributes: [
        { name: "p", type: "S" },
        { name: "s", type: "S" },
      ],
      serverSideEncryption: { enabled: true, kmsKeyArn: expect.stringMatching(/^arn:aws:kms:/) },
      pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 35 },
      deletionProtectionEnabled: true,
    });
    expect(table(least)["deletionProtectionEnabled"]).toBe(false);
    const { serverSideEncryption } = table(full) as { serverSideEncryption: { kmsKeyArn: string } };
    const settings = inputsOf(full, "ssm/parameter:Parameter", "acme-fleet-enrolment-settings");
    expect(settings).toMatchObject({ type: "SecureString", keyId: serverSideEncryption.kmsKeyArn });
  });

  test("is where the stack says it is to the fleet's commands", async () => {
    const { registry } = (await settled(full.parts.fleet.authority)) as { registry: unknown };
    expect(registryPlace.parse(registry)).toMatchObject({
      kind: "aws-dynamodb",
      region,
      table: autoName("acme-fleet-registry"),
      folder: ".fieldlake/test/data/fleet",
      keyFolder: ".fieldlake/test/keys",
    });
    const plain = (await settled((await recordAws(frugal)).parts.fleet.authority)) as { registry: unknown };
    expect(registryPlace.parse(plain.registry)).toMatchObject({ kind: "local" });
  });
});

describe("enrolment", () => {
  test("the function knows names, and no secret stands in its settings; what it signs with is a secret of the state", () => {
    const made = inputsOf(full, "lambda/function:Function", "acme-fleet-enrol");
    expect(made).toMatchObject({
      timeout: 28,
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
    const settings = full.recording.one("aws:ssm/parameter:Parameter", "acme-fleet-enrolment-settings");
    expect(JSON.stringify(settings.inputs["value"])).toContain("4dabf18193072939515e22adb298388d");
    const text = unwrapped<Record<string, string>>(settings.inputs)["value"] ?? "";
    expect(Object.keys(JSON.parse(text) as object)).toEqual(["tokenKey", "issuer"]);
  });

  test("it may sign with the keys that are named, and with no other", () => {
    const keys = (recorded: Recorded) =>
      documentOf(
        inputsOf(recorded, "iam/rolePolicy:RolePolicy", "acme-fleet-enrol-keys")["policy"],
      ).Statement.filter(({ Sid }) => Sid === "Sign");
    expect(keys(full)).toEqual([
      { Sid: "Sign", Effect: "Allow", Action: ["kms:GetPublicKey", "kms:Sign"], Resource: signingKeys },
    ]);
    expect(keys(least)).toEqual([]);
  });

  test("the gateway passes on what EST asks, so much a second, and writes down no header", () => {
    const routes = full.recording.registrations
      .filter(
        ({ type, name }) => type === "aws:apigatewayv2/route:Route" && name.startsWith("acme-fleet-est"),
      )
      .map(({ inputs }) => inputs["routeKey"]);
    expect(routes).toEqual([
      "GET /.well-known/est/cacerts",
      "GET /.well-known/est/csrattrs",
      "POST /.well-known/est/simpleenroll",
      "POST /.well-known/est/simplereenroll",
    ]);
    const stage = inputsOf(full, "apigatewayv2/stage:Stage", "acme-fleet-est-stage") as {
      accessLogSettings: { destinationArn: string; format: string };
    };
    expect(stage).toMatchObject({
      defaultRouteSettings: {
        throttlingRateLimit: 20,
        throttlingBurstLimit: 50,
        detailedMetricsEnabled: true,
      },
    });
    expect(stage.accessLogSettings.destinationArn).toBe(
      arn("logs", `log-group:${autoName("acme-fleet-est-access")}`),
    );
    expect(stage.accessLogSettings.format).not.toMatch(/authorization|header|body/i);
    const log = inputsOf(full, "cloudwatch/logGroup:LogGroup", "acme-fleet-est-access");
    expect(log).toEqual({ kmsKeyId: expect.stringMatching(/^arn:aws:kms:/), retentionInDays: 365 });
    expect(inputsOf(full, "lambda/permission:Permission", "acme-fleet-est-may-invoke")).toMatchObject({
      principal: "apigateway.amazonaws.com",
      sourceArn: expect.stringMatching(new RegExp(`^arn:aws:execute-api:${region}:${account}:[^*]+/\\*$`)),
    });
  });

  test("a domain for renewal lets nobody in without a certificate of the authority; without one there is no such door", async () => {
    const store = autoName("acme-fleet-trust-store");
    expect(inputsOf(full, "apigatewayv2/domainName:DomainName", "acme-fleet-est-domain")).toEqual({
      domainName: domain.name,
      domainNameConfiguration: {
        certificateArn: domain.certificateArn,
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
      mutualTlsAuthentication: {
        truststoreUri: `s3://${store}/trusted.pem`,
        truststoreVersion: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
    const trusted = inputsOf(full, "s3/bucketObject:BucketObject", "acme-fleet-trust-store-trusted");
    expect(trusted).toMatchObject({
      content: "-----BEGIN acme-fleet-intermediate\n-----BEGIN acme-fleet-root\n",
      serverSideEncryption: "aws:kms",
    });
    const connection = await settled(full.parts.ingest.connection);
    expect(connection).toMatchObject({
      enrolmentUrl: expect.stringMatching(
        /^https:\/\/[0-9a-f]{10}\.execute-api\.eu-central-1\.amazonaws\.com$/,
      ),
      renewalUrl: `https://${domain.name}`,
    });
    expect(await settled(least.parts.ingest.connection)).toMatchObject({ renewalUrl: null });
    expect(types(least)).not.toContain("aws:apigatewayv2/domainName:DomainName");
  });
});

describe("the check at connect", () => {
  test("IoT Core asks the function for the domain of this environment, with the same TLS floor", () => {
    const endpoint = inputsOf(full, "cloudcontrol/resource:Resource", "acme-ingest-endpoint");
    expect(endpoint["typeName"]).toBe("AWS::IoT::DomainConfiguration");
    expect(JSON.parse(String(endpoint["desiredState"]))).toEqual({
      DomainConfigurationName: "acme-devices",
      DomainName: everything.aws.domain.name,
      ServerCertificateArns: [everything.aws.domain.certificateArn],
      ServiceType: "DATA",
      DomainConfigurationStatus: "ENABLED",
      ApplicationProtocol: "SECURE_MQTT",
      AuthenticationType: "AWS_X509",
      TlsConfig: { SecurityPolicy: "IoTSecurityPolicy_TLS13_1_2_2022_10" },
      ClientCertificateConfig: {
        ClientCertificateCallbackArn: arn("lambda", `function:${autoName("acme-fleet-admission")}`),
      },
    });
    expect(inputsOf(full, "lambda/permission:Permission", "acme-fleet-admission-may-invoke")).toMatchObject({
      principal: "iot.amazonaws.com",
      sourceAccount: account,
      sourceArn: arn("iot", "domainconfiguration/*"),
    });
    expect(inputsOf(full, "lambda/function:Function", "acme-fleet-admission")).toMatchObject({
      timeout: 5,
      environment: {
        variables: {
          ENVIRONMENT: "acme",
          ENROLMENT: "on-first-connect",
          PINNED_DEVICES: "wrist-01 wrist-02",
          CLAIM_CERTIFICATES: new X509Certificate(claimCertificate).fingerprint256,
          ISSUER_CERTIFICATE: "-----BEGIN acme-fleet-intermediate\n",
        },
      },
    });
    expect(types(least)).not.toContain("aws:cloudcontrol/resource:Resource");
  });
});

test("settings that don't go together are refused, all at once", () => {
  const wrong = {
    domain: { name: everything.aws.domain.name, certificateArn: "arn:x" },
    signingKeys: ["alias/devices"],
    checkOnConnect: true,
  };
  const read = (aws: object, at = region) => {
    try {
      readConfig({ ...frugal, aws }, { "aws:region": at });
      return [];
    } catch (error) {
      return (error as Error).message.split("\n");
    }
  };
  const said = read({ enrolment: wrong }).join("\n");
  for (const one of [
    'fieldlake:aws.enrolment.domain.certificateArn: received "arn:x"; allowed: the ARN of an ACM certificate',
    'fieldlake:aws.enrolment.signingKeys: received "alias/devices"; allowed: ARNs of KMS keys in aws:region (eu-central-1)',
    "fieldlake:aws.enrolment.checkOnConnect: received true; allowed with fieldlake:aws.domain",
  ])
    expect(said).toContain(one);
  expect(read({ domain: everything.aws.domain, enrolment: wrong }).join("\n")).toContain(
    "allowed: another name than fieldlake:aws.domain.name, which is the broker's",
  );
});
