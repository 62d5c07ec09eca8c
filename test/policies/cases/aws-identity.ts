import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const arn = "arn:aws:iot:eu-central-1:123456789012";
const thing = "${iot:Connection.Thing.ThingName}";
const connect = {
  Effect: "Allow",
  Action: "iot:Connect",
  Resource: `${arn}:client/${thing}`,
  Condition: { Bool: { "iot:Connection.Thing.IsAttached": "true" } },
};
const publish = {
  Effect: "Allow",
  Action: "iot:Publish",
  Resource: `${arn}:topic/devices/${thing}/telemetry`,
};
const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const devicePolicy = (statement: object) => policy(connect, { ...publish, ...statement });
const cloudControl = "aws:cloudcontrol/resource:Resource";
const typeName = "AWS::IoT::DomainConfiguration";
const certificateProvider = "AWS::IoT::CertificateProvider";
const signing = (change: object) =>
  resource(cloudControl, {
    typeName: certificateProvider,
    desiredState: JSON.stringify({
      LambdaFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:signer",
      AccountDefaultForOperations: ["CreateCertificateFromCsr"],
      ...change,
    }),
  });
const templates = "aws:iot/provisioningTemplate:ProvisioningTemplate";
const allow = (Action: string, Resource: string | string[]) => ({ Effect: "Allow", Action, Resource });
const csr = "$aws/certificates/create-from-csr/json";
const claimPolicy = policy(
  allow("iot:Connect", `${arn}:client/claim.*`),
  allow("iot:Publish", [
    `${arn}:topic/${csr}`,
    `${arn}:topic/$aws/provisioning-templates/claim/provision/json`,
  ]),
  allow("iot:Subscribe", [`${arn}:topicfilter/${csr}/accepted`, `${arn}:topicfilter/${csr}/rejected`]),
  allow("iot:Receive", `${arn}:topic/${csr}/accepted`),
);
const endpoint = (change: object) =>
  resource(cloudControl, {
    typeName,
    desiredState: JSON.stringify({
      AuthenticationType: "AWS_X509",
      ApplicationProtocol: "SECURE_MQTT",
      TlsConfig: { SecurityPolicy: "IoTSecurityPolicy_TLS13_1_2_2022_10" },
      ...change,
    }),
  });
const ca = "aws:iot/caCertificate:CaCertificate";
const authority = resource("tls:index/locallySignedCert:LocallySignedCert", {}, { name: "authority" });
const template = (change: object, properties: object = { PolicyName: "narrow" }): object => ({
  type: "JITP",
  templateBody: JSON.stringify({
    Resources: {
      thing: {
        Type: "AWS::IoT::Thing",
        Properties: { ThingName: { Ref: "AWS::IoT::Certificate::CommonName" } },
      },
      policy: { Type: "AWS::IoT::Policy", Properties: properties },
      ...change,
    },
  }),
});

export const awsIdentityCases: RuleCases = {
  "aws-iot-require-tls": weakened({
    token: "aws:iot/domainConfiguration:DomainConfiguration",
    inputs: {
      applicationProtocol: "SECURE_MQTT",
      tlsConfig: { securityPolicy: "IoTSecurityPolicy_TLS13_1_2_2022_10" },
    },
    weak: {
      "tlsConfig.securityPolicy": [
        "IoTSecurityPolicy_TLS12_1_0_2015_01",
        "IoTSecurityPolicy_TLS12_1_0_2016_01",
        "",
      ],
      applicationProtocol: ["DEFAULT"],
    },
  }),
  "aws-iot-require-customer-key": {
    notSupported: [resource("aws:iot/domainConfiguration:DomainConfiguration", {})],
  },
  "aws-iot-require-certificates": weakened({
    token: "aws:iot/domainConfiguration:DomainConfiguration",
    inputs: { authenticationType: "AWS_X509" },
    weak: { authenticationType: ["CUSTOM_AUTH", "AWS_SIGV4", "DEFAULT"] },
    alsoWrong: [{ authenticationType: "AWS_X509", authorizerConfig: { allowAuthorizerOverride: true } }],
  }),
  "aws-iot-require-checked-domain": {
    compliant: [endpoint({})],
    violating: [
      endpoint({ AuthenticationType: "CUSTOM_AUTH" }),
      endpoint({ ApplicationProtocol: "DEFAULT" }),
      endpoint({ AuthorizerConfig: { AllowAuthorizerOverride: true } }),
      endpoint({ TlsConfig: { SecurityPolicy: "IoTSecurityPolicy_TLS12_1_0_2016_01" } }),
      resource(cloudControl, { typeName, desiredState: "no JSON" }),
    ],
    absent: [endpoint({ TlsConfig: undefined }), endpoint({ AuthenticationType: undefined })],
    unknown: [resource(cloudControl, { typeName, desiredState: notKnownYet })],
  },
  "aws-iot-require-signing-function": {
    compliant: [signing({})],
    violating: [
      signing({ LambdaFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:*" }),
      signing({ AccountDefaultForOperations: ["CreateCertificateFromCsr", "CreateKeysAndCertificate"] }),
      resource(cloudControl, { typeName: certificateProvider, desiredState: "no JSON" }),
    ],
    absent: [signing({ LambdaFunctionArn: undefined }), signing({ AccountDefaultForOperations: undefined })],
    unknown: [resource(cloudControl, { typeName: certificateProvider, desiredState: notKnownYet })],
  },
  "aws-iot-require-provisioning-hook": {
    compliant: [
      resource(templates, {
        type: "FLEET_PROVISIONING",
        preProvisioningHook: { targetArn: "arn:aws:lambda:x" },
      }),
      resource(templates, { preProvisioningHook: { targetArn: "arn:aws:lambda:x" } }),
    ],
    violating: [
      resource(templates, {
        type: "FLEET_PROVISIONING",
        preProvisioningHook: { payloadVersion: "2020-04-01" },
      }),
      resource(templates, { type: "FLEET_PROVISIONING", preProvisioningHook: { targetArn: "" } }),
    ],
    absent: [resource(templates, { type: "FLEET_PROVISIONING" }), resource(templates, {})],
    unknown: "is right",
  },
  "aws-iot-bind-policy-to-thing": weakened({
    token: "aws:iot/policy:Policy",
    inputs: { policy: policy(connect, publish) },
    weak: {
      policy: [
        policy({ Effect: "Allow", Action: "iot:*", Resource: "*" }),
        devicePolicy({ Action: "iot:Pub*" }),
        devicePolicy({ Resource: `${arn}:topic/*` }),
        devicePolicy({ Resource: `${arn}:topicfilter/#` }),
        devicePolicy({ Resource: `${arn}:client/*` }),
        devicePolicy({ Resource: `${arn}:topic/devices/\${iot:ClientId}/telemetry` }),
        devicePolicy({ Resource: `${arn}:topic/*/${thing}` }),
        devicePolicy({ Resource: [publish.Resource, `${arn}:topic/others`] }),
        devicePolicy({ Action: undefined, NotAction: "iot:Connect" }),
        policy({ ...connect, Condition: undefined }),
        policy({ ...connect, Condition: { Bool: { "iot:Connection.Thing.IsAttached": "false" } } }),
        policy({ ...connect, Condition: { BoolIfExists: { "iot:Connection.Thing.IsAttached": "true" } } }),
        { Statement: { Effect: "Allow", Action: "iot:*", Resource: "*" } },
        "no JSON",
        // With a claim: a device's name, keys that AWS makes, other people's topics and templates.
        policy(allow("iot:Connect", `${arn}:client/*`)),
        policy(allow("iot:Connect", `${arn}:client/claim-*`)),
        policy(allow("iot:Connect", [`${arn}:client/claim.*`, `${arn}:client/*`])),
        policy(allow("iot:Publish", `${arn}:topic/$aws/certificates/create/json`)),
        policy(allow("iot:Publish", `${arn}:topic/$aws/certificates/*`)),
        policy(allow("iot:Publish", `${arn}:topic/$aws/provisioning-templates/*/provision/json`)),
        policy(allow("iot:Subscribe", `${arn}:topicfilter/$aws/#`)),
        policy(allow("iot:Receive", `${arn}:topic/${csr}/*`)),
        policy(allow("iot:GetThingShadow", `${arn}:topic/${csr}`)),
      ],
    },
    alsoRight: [
      { policy: claimPolicy },
      { policy: { Statement: publish } },
      {
        policy: policy({
          Effect: "Allow",
          Action: "iot:AssumeRoleWithCertificate",
          Resource: `${arn}:rolealias/upload`,
        }),
      },
      { policy: policy(connect, { Effect: "Deny", Action: "iot:*", Resource: "*" }) },
    ],
  }),
  "aws-iot-require-ca-possession": {
    compliant: [
      [
        authority,
        resource(
          ca,
          { certificateMode: "SNI_ONLY", caCertificatePem: notKnownYet },
          { from: { caCertificatePem: ["authority"] } },
        ),
      ],
      resource(ca, { certificateMode: "DEFAULT", caCertificatePem: "p", verificationCertificatePem: "v" }),
    ],
    violating: [
      resource(ca, { certificateMode: "SNI_ONLY", caCertificatePem: "-----BEGIN CERTIFICATE-----" }),
      resource(ca, { certificateMode: "DEFAULT", caCertificatePem: "p" }),
    ],
    absent: [resource(ca, { caCertificatePem: "p" })],
    unknown: [resource(ca, { certificateMode: notKnownYet, verificationCertificatePem: "v" })],
  },
  "aws-iot-require-registration-template": weakened(
    {
      token: ca,
      inputs: { allowAutoRegistration: true, registrationConfig: { templateName: "jitp" } },
      weak: { "registrationConfig.templateName": [""] },
    },
    { unknown: "is right" },
  ),
  "aws-iot-require-policy-in-template": {
    compliant: [resource("aws:iot/provisioningTemplate:ProvisioningTemplate", template({}))],
    violating: [
      template({}, { PolicyDocument: '{"Statement":[]}' }),
      template({ policy: undefined }),
      template({ thing: { Type: "AWS::IoT::Thing", Properties: { ThingName: { Ref: "SerialNumber" } } } }),
      { templateBody: "no JSON" },
    ].map((inputs) => resource("aws:iot/provisioningTemplate:ProvisioningTemplate", inputs)),
    absent: [resource("aws:iot/provisioningTemplate:ProvisioningTemplate", {})],
    unknown: [resource("aws:iot/provisioningTemplate:ProvisioningTemplate", { templateBody: notKnownYet })],
  },
  "aws-iot-limit-credentials": weakened({
    token: "aws:iot/roleAlias:RoleAlias",
    inputs: { credentialDuration: 3600 },
    optional: { credentialDuration: [43_200, 7200] },
  }),
  "aws-iot-forbid-wide-republish": weakened({
    token: "aws:iot/topicRule:TopicRule",
    inputs: { republishes: [{ topic: "alarms/rule" }, { topic: "other" }] },
    optional: { "republishes[1].topic": ["#", "${topic()}", "devices/#"] },
  }),
  "aws-iot-require-exclusive-certificate": weakened({
    token: "aws:iot/thingPrincipalAttachment:ThingPrincipalAttachment",
    inputs: { thingPrincipalType: "EXCLUSIVE_THING" },
    weak: { thingPrincipalType: ["NON_EXCLUSIVE_THING"] },
  }),
  "aws-iot-require-logging": weakened({
    token: "aws:iot/loggingOptions:LoggingOptions",
    inputs: { defaultLogLevel: "WARN", roleArn: "arn:aws:iam::123456789012:role/log" },
    weak: { defaultLogLevel: ["DISABLED"] },
    alsoWrong: [{ defaultLogLevel: "WARN", roleArn: "arn:aws:iam::1:role/log", disableAllLogs: true }],
  }),
};
