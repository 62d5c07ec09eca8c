/** Fleet and ingest of the aws target: the security inputs, by value. */
import { rootCertificates } from "node:tls";
import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { amazonRoots } from "../../../components/aws/amazon-roots.ts";
import { deliveryOf } from "../../../components/aws/topic-rules.ts";
import { unwrapped } from "../../../provider/values.ts";
import { account, autoName, region } from "../aws-stand-ins.ts";
import { settled, type Recording } from "../harness.ts";
import { everything, frugal, recordAws, type Parts } from "./environment.ts";
import { keyArn } from "./iam-simulator.ts";

interface Recorded {
  readonly recording: Recording;
  readonly parts: Parts;
}
let plain: Recorded;
let full: Recorded;
/** With a domain of its own, which asks nobody. */
let own: Recorded;
beforeAll(async () => {
  plain = await recordAws({ ...frugal, fleet: { revoked: ["wrist-02", "0AFF"] } });
  full = await recordAws(everything);
  own = await recordAws({ ...frugal, aws: { domain: everything.aws.domain } });
});

const inputsOf = ({ recording }: Recorded, type: string, name: string) =>
  unwrapped<Record<string, unknown>>(recording.one(`aws:${type}`, name).inputs);

describe("fleet", () => {
  test("the signing intermediate, not the root, is registered; devices name the host and provision themselves", () => {
    expect(inputsOf(plain, "iot/caCertificate:CaCertificate", "acme-fleet-issuer")).toEqual({
      caCertificatePem: "-----BEGIN acme-fleet-intermediate\n",
      certificateMode: "SNI_ONLY",
      active: true,
      allowAutoRegistration: true,
      registrationConfig: { templateName: "acme-jitp" },
    });
  });

  test("the template makes a thing named by the certificate's CN, with the fleet's one policy", () => {
    const inputs = inputsOf(
      plain,
      "iot/provisioningTemplate:ProvisioningTemplate",
      "acme-fleet-provisioning",
    );
    expect(inputs).toMatchObject({ type: "JITP", enabled: true });
    const { Parameters, Resources } = JSON.parse(String(inputs["templateBody"])) as Record<
      string,
      Record<string, { Type: string; Properties: object; OverrideSettings?: object }>
    >;
    // A parameter that a certificate's subject lacks fails its provisioning.
    expect(Object.keys(Parameters ?? {})).toEqual([
      "AWS::IoT::Certificate::CommonName",
      "AWS::IoT::Certificate::Id",
    ]);
    expect(Resources?.["thing"]?.Properties).toEqual({
      ThingName: { Ref: "AWS::IoT::Certificate::CommonName" },
      ThingTypeName: autoName("acme-fleet-device"),
      ThingGroups: [autoName("acme-fleet-group")],
    });
    expect(Resources?.["certificate"]).toMatchObject({
      Properties: { Status: "ACTIVE" },
      OverrideSettings: { Status: "DO_NOTHING" },
    });
    expect(Resources?.["policy"]?.Properties).toEqual({ PolicyName: autoName("acme-fleet-policy") });
  });

  test("a pinned device is a thing with a certificate of ours, exclusively; a revoked one's is inactive", () => {
    for (const [id, active] of [
      ["wrist-01", true],
      ["wrist-02", false],
    ] as const) {
      const name = `acme-fleet-${id}-thing`;
      expect(inputsOf(plain, "iot/thing:Thing", name)).toMatchObject({ name: id });
      expect(inputsOf(plain, "iot/certificate:Certificate", `${name}-identity`)).toEqual({
        certificatePem: `-----BEGIN acme-fleet-${id}\n`,
        caPem: "-----BEGIN acme-fleet-intermediate\n",
        active,
      });
      expect(
        inputsOf(plain, "iot/thingPrincipalAttachment:ThingPrincipalAttachment", `${name}-attachment`),
      ).toMatchObject({
        thing: id,
        thingPrincipalType: "EXCLUSIVE_THING",
      });
      expect(inputsOf(plain, "iot/policyAttachment:PolicyAttachment", `${name}-policy`)["policy"]).toBe(
        autoName("acme-fleet-policy"),
      );
    }
    expect(plain.parts.fleet.exceptions.map(({ rule }) => rule)).toEqual([
      "aws-iot-require-ca-possession",
      "aws-iot-revoke-by-list",
    ]);
    expect(plain.parts.fleet.exceptions[1]?.reason).toContain("0AFF");
  });

  test("`registered` admits listed devices only", async () => {
    const { recording } = await recordAws({ ...frugal, fleet: { enrolment: "registered" } });
    const issuer = unwrapped<Record<string, unknown>>(
      recording.one("aws:iot/caCertificate:CaCertificate", "acme-fleet-issuer").inputs,
    );
    expect(issuer["allowAutoRegistration"]).toBe(false);
    expect(issuer).not.toHaveProperty("registrationConfig");
    expect(recording.inventory().filter((line) => line.includes("provisioning"))).toEqual([]);
  });

  test("has the same resources for ten devices and for a million", async () => {
    const inventory = async (devices: number) =>
      (await recordAws({ ...frugal, load: { devices } })).recording.inventory();
    expect(await inventory(1_000_000)).toEqual(await inventory(10));
  });

  test("devices trust the roots of Amazon, as Node does", () => {
    const pems = amazonRoots.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? [];
    const known = new Set(rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256));
    expect(pems.map((pem) => new X509Certificate(pem).subject.split("\n").at(-1))).toEqual([
      "CN=Amazon Root CA 1",
      "CN=Amazon Root CA 3",
    ]);
    for (const pem of pems) expect(known.has(new X509Certificate(pem).fingerprint256)).toBe(true);
  });
});

describe("ingest", () => {
  test("MQTT over TLS 1.2 or later with a client certificate, and no other way in", () => {
    const floor = {
      serviceType: "DATA",
      status: "ENABLED",
      applicationProtocol: "SECURE_MQTT",
      authenticationType: "AWS_X509",
      tlsConfig: { securityPolicy: "IoTSecurityPolicy_TLS13_1_2_2022_10" },
    };
    const type = "iot/domainConfiguration:DomainConfiguration";
    expect(inputsOf(plain, type, "acme-ingest-endpoint")).toEqual(floor);
    expect(inputsOf(own, type, "acme-ingest-endpoint")).toEqual({
      ...floor,
      domainName: "devices.acme.example",
      serverCertificateArns: [everything.aws.domain.certificateArn],
    });
  });

  test.each([
    ["telemetry", "devices/+/telemetry"],
    ["stream", "devices/+/telemetry/+"],
    ["events", "devices/+/events"],
    ["status", "devices/+/status"],
    ["ack", "devices/+/commands/+/ack"],
  ])(
    "rule %s reads %s binary-safely, delivers to the stream, and keeps what it can't deliver",
    (kind, topic) => {
      const roleArn = `arn:aws:iam::${account}:role/${autoName("acme-ingest-rule-role")}`;
      const queueUrl = `https://sqs.${region}.amazonaws.com/${account}/${autoName("acme-ingest-dead-letter")}`;
      const common = {
        name: `acme_${kind}`,
        description: expect.any(String),
        enabled: true,
        sql: `SELECT encode(*, 'base64') AS b, topic() AS t, clientid() AS c, timestamp() AS ts FROM '${topic}'`,
        sqlVersion: "2016-03-23",
        errorAction: { sqs: { queueUrl, roleArn, useBase64: false } },
      };
      const name = `acme-ingest-rule-${kind}`;
      expect(inputsOf(plain, "iot/topicRule:TopicRule", name)).toEqual({
        ...common,
        kineses: [],
        firehoses: [{ deliveryStreamName: autoName("acme-stream-firehose"), roleArn, separator: "\n" }],
      });
      expect(inputsOf(full, "iot/topicRule:TopicRule", name)).toEqual({
        ...common,
        firehoses: [],
        kineses: [{ streamName: autoName("acme-stream-kinesis"), roleArn, partitionKey: "${topic(2)}" }],
      });
    },
  );

  test("the error queue is under our key", () => {
    expect(inputsOf(plain, "sqs/queue:Queue", "acme-ingest-dead-letter")).toEqual({
      kmsMasterKeyId: keyArn(plain.recording, "acme-operations-key"),
      kmsDataKeyReusePeriodSeconds: 300,
      messageRetentionSeconds: 14 * 24 * 3600,
      visibilityTimeoutSeconds: 720,
    });
  });

  test("the broker logs to a group that is encrypted before its first line; one stack an account and region does it", () => {
    expect(inputsOf(plain, "cloudwatch/logGroup:LogGroup", "acme-ingest-logs")).toEqual({
      name: "AWSIotLogsV2",
      kmsKeyId: keyArn(plain.recording, "acme-operations-key"),
      retentionInDays: 365,
    });
    expect(inputsOf(plain, "iot/loggingOptions:LoggingOptions", "acme-ingest-logging")).toMatchObject({
      defaultLogLevel: "WARN",
      disableAllLogs: false,
    });
    expect(
      full.recording.inventory().filter((line) => /LoggingOptions|IndexingConfiguration/.test(line)),
    ).toEqual([]);
    expect(full.parts.ingest.exceptions.map(({ rule }) => rule)).toContain("aws-iot-require-logging");
  });

  test("a device is told all it needs: host, roots, topics, and how it uploads files", async () => {
    const connection = await settled(plain.parts.ingest.connection);
    const host = `d0abc-ats.iot.${region}.amazonaws.com`;
    expect(connection).toMatchObject({ host, port: 8883, trustBundle: amazonRoots, telemetryPrefix: null });
    expect(connection.mqtt.versions).toEqual(["3.1.1", "5.0"]);
    expect(connection.upload).toEqual({
      credentialsUrl: `https://c0abc.credentials.iot.${region}.amazonaws.com/role-aliases/acme-upload/credentials`,
      headers: { "x-amzn-iot-thingname": "{id}" },
      destination: `s3://${autoName("acme-lake-raw")}/offline/{id}/`,
      seconds: 3_600,
    });
    expect((await settled(full.parts.ingest.connection)).telemetryPrefix).toBe("$aws/rules/acme_telemetry");
  });

  test("a stream of one's own can stand in, by its ARN; anything else is refused", () => {
    expect(deliveryOf("arn:aws:kinesis:eu-west-1:1:stream/mine")).toEqual({
      service: "kinesis",
      name: "mine",
    });
    expect(deliveryOf("arn:aws-cn:firehose:cn-north-1:1:deliverystream/f")).toEqual({
      service: "firehose",
      name: "f",
    });
    expect(() => deliveryOf("arn:aws:sqs:eu-west-1:1:mine")).toThrow(
      /^stream: received "arn:aws:sqs.*allowed: the ARN of a Kinesis or Firehose/,
    );
  });
});
