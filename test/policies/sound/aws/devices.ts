/** Devices, their policy and what becomes of their messages. */
import { account, key, logsKey, queue, role } from "./parts.ts";
import { json, ref, sound, type Sound } from "../stack.ts";
const own = "${iot:Connection.Thing.ThingName}";
export const awsDevices: Readonly<Record<string, readonly Sound[]>> = {
  "devices and their rules": [
    key(),
    logsKey(),
    queue("errors"),
    role("rules", "iot.amazonaws.com"),
    sound("aws:iot/domainConfiguration:DomainConfiguration", "endpoint", {
      serviceType: "DATA",
      applicationProtocol: "SECURE_MQTT",
      authenticationType: "AWS_X509",
      tlsConfig: { securityPolicy: "IoTSecurityPolicy_TLS13_1_2_2022_10" },
    }),
    sound("aws:iot/policy:Policy", "device", {
      policy: json(
        {
          Effect: "Allow",
          Action: "iot:Connect",
          Resource: `arn:aws:iot:eu-central-1:${account}:client/${own}`,
          Condition: { Bool: { "iot:Connection.Thing.IsAttached": "true" } },
        },
        {
          Effect: "Allow",
          Action: ["iot:Publish"],
          Resource: [`arn:aws:iot:eu-central-1:${account}:topic/plant/${own}/up`],
        },
        {
          Effect: "Allow",
          Action: "iot:Receive",
          Resource: `arn:aws:iot:eu-central-1:${account}:topic/plant/${own}/down`,
        },
        {
          Effect: "Allow",
          Action: "iot:Subscribe",
          Resource: `arn:aws:iot:eu-central-1:${account}:topicfilter/plant/${own}/down`,
        },
      ),
    }),
    sound("aws:kinesis/stream:Stream", "messages", { encryptionType: "KMS", kmsKeyId: ref("key") }),
    sound("aws:iot/topicRule:TopicRule", "rule", {
      enabled: true,
      sql: "SELECT * FROM 'plant/+/up'",
      sqlVersion: "2016-03-23",
      kineses: [{ roleArn: ref("rules"), streamName: ref("messages", "name"), partitionKey: "${topic(2)}" }],
      errorAction: { sqs: { queueUrl: ref("errors", "id"), roleArn: ref("rules"), useBase64: false } },
    }),
    sound("aws:iot/roleAlias:RoleAlias", "alias", {
      alias: "upload",
      roleArn: ref("uploader"),
      credentialDuration: 3600,
    }),
    role("uploader", "credentials.iot.amazonaws.com"),
    sound("aws:iot/loggingOptions:LoggingOptions", "iot-logging", {
      defaultLogLevel: "INFO",
      roleArn: ref("rules"),
      disableAllLogs: false,
    }),
  ],
  "devices that register themselves": [
    role("registrar", "iot.amazonaws.com"),
    sound("aws:iot/policy:Policy", "own-topics", {
      policy: json({
        Effect: "Allow",
        Action: "iot:Connect",
        Resource: `arn:aws:iot:eu-central-1:${account}:client/${own}`,
        Condition: { Bool: { "iot:Connection.Thing.IsAttached": "true" } },
      }),
    }),
    sound("aws:iot/provisioningTemplate:ProvisioningTemplate", "registration", {
      type: "JITP",
      enabled: true,
      provisioningRoleArn: ref("registrar"),
      templateBody: JSON.stringify({
        Parameters: {
          "AWS::IoT::Certificate::CommonName": { Type: "String" },
          "AWS::IoT::Certificate::Id": { Type: "String" },
        },
        Resources: {
          thing: {
            Type: "AWS::IoT::Thing",
            Properties: { ThingName: { Ref: "AWS::IoT::Certificate::CommonName" } },
          },
          certificate: {
            Type: "AWS::IoT::Certificate",
            Properties: { CertificateId: { Ref: "AWS::IoT::Certificate::Id" }, Status: "ACTIVE" },
          },
          policy: { Type: "AWS::IoT::Policy", Properties: { PolicyName: ref("own-topics", "name") } },
        },
      }),
    }),
    sound("aws:iot/caCertificate:CaCertificate", "authority", {
      active: true,
      allowAutoRegistration: true,
      certificateMode: "DEFAULT",
      caCertificatePem: "-----BEGIN CERTIFICATE-----",
      verificationCertificatePem: "-----BEGIN CERTIFICATE-----",
      registrationConfig: { templateName: ref("registration", "name") },
    }),
    sound("aws:iot/thingPrincipalAttachment:ThingPrincipalAttachment", "press-certificate", {
      principal: `arn:aws:iot:eu-central-1:${account}:cert/c`,
      thing: "press",
      thingPrincipalType: "EXCLUSIVE_THING",
    }),
  ],
};
