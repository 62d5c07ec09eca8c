/** Devices on AWS IoT: who they are, and what each may reach. */
import type { Context } from "../../kit/context.ts";
import { everyDocument } from "../../kit/documents.ts";
import {
  all,
  either,
  holds,
  inDocument,
  isAtMost,
  isOneOf,
  notLike,
  notTrue,
  present,
} from "../../kit/requirements.ts";
import type { Rule } from "../../kit/rule.ts";
import { conditionOf, hasAction, type Statement } from "../../kit/statements.ts";
import { tlsVersions, hasTls } from "../../kit/tls-versions.ts";
import { isAbsent, isArray, isObject, type Value } from "../../kit/value.ts";
import { fail, pass, type Check } from "../../kit/verdict.ts";
import type { View } from "../../kit/view.ts";

const domain = "aws:iot/domainConfiguration:DomainConfiguration";
const policy = "aws:iot/policy:Policy";
const own = /\$\{iot:Connection\.Thing\.ThingName\}/;
/** Longest life of credentials that a device gets for its certificate, in seconds: one hour. */
const longestCredentials = 3600;

/** What is wrong with a statement of a device's policy, or null. */
function wrongForDevices(statement: Statement): string | null {
  if (statement.effect !== "Allow") return null;
  if (statement.notActions.length > 0 || statement.notResources.length > 0)
    return "an Allow by exception (NotAction or NotResource)";
  const wide = statement.actions.find((action) => action.includes("*") || action.includes("?"));
  if (wide !== undefined) return `an Allow of ${wide}`;
  const open = statement.resources.find((resource) => !isBound(resource, statement));
  if (open !== undefined) return `an Allow on ${open}, which is not bound to the device`;
  if (hasAction(statement, "iot:Connect") && !isForAttached(statement))
    return "an Allow to connect without iot:Connection.Thing.IsAttached";
  return null;
}

/** A device's own name is in it as a whole level; a role alias is nobody's and judged by its role. */
function isBound(resource: string, { actions }: Statement): boolean {
  if (actions.every((action) => /^iot:AssumeRoleWithCertificate$/i.test(action)))
    return /:rolealias\/[^*?]+$/.test(resource);
  const path = resource.split(":").slice(5).join(":");
  const before = path.split("${")[0] ?? "";
  return own.test(resource) && !/[*?#+]/.test(before);
}

const isForAttached = (statement: Statement): boolean =>
  conditionOf(statement, "iot:Connection.Thing.IsAttached").some(
    ({ operator, values }) =>
      /^Bool$/.test(operator) && values.every((value) => value.toLowerCase() === "true"),
  );

export const awsIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-require-tls",
    theme: "tls-in-transit",
    description: "Devices connect under TLS 1.2 or later, by a protocol that has it",
    severity: "high",
    types: [domain],
    controls: ["NIST SP 800-53 SC-8", "NIST SP 800-52", "ETSI EN 303 645 5.5-1"],
    why: "Older domains offer TLS 1.0, whose weaknesses are known.",
    fix: 'set tlsConfig.securityPolicy to "IoTSecurityPolicy_TLS13_1_2_2022_10" and applicationProtocol to "SECURE_MQTT"',
    check: all(
      hasTls("tlsConfig.securityPolicy", tlsVersions.iot),
      isOneOf("applicationProtocol", ["SECURE_MQTT", "MQTT_WSS", "HTTPS"]),
    ),
    example: {
      violation: 'securityPolicy: "IoTSecurityPolicy_TLS12_1_0_2016_01"',
      fixed: 'securityPolicy: "IoTSecurityPolicy_TLS13_1_2_2022_10"',
    },
  },
  {
    id: "aws-iot-require-customer-key",
    theme: "cmk-at-rest",
    description: "What the broker itself keeps is encrypted under a key of the customer",
    severity: "low",
    types: [domain],
    controls: ["NIST SP 800-53 SC-28(1)"],
    why: "Retained messages, queued commands and the registry would be opened by AWS's own key.",
    fix: "set the account's key by aws iot update-encryption-configuration",
    unsupported: () => ({
      reason: "@pulumi/aws has no resource for the account's IoT encryption configuration",
      compensatingControl:
        "telemetry is not retained, and every rule's target is under a key of the customer",
    }),
    check: () => [],
    example: {
      violation: "none: the provider can't",
      fixed: "aws iot update-encryption-configuration --encryption-type CUSTOMER_MANAGED_KMS_KEY",
    },
  },
  {
    id: "aws-iot-require-certificates",
    theme: "device-identity",
    description: "Devices are known by X.509 certificates",
    severity: "high",
    types: [domain],
    controls: ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"],
    why: "Tokens and passwords are shared and copied; a key that never leaves the device is not.",
    fix: 'set authenticationType to "AWS_X509" and leave authorizerConfig out',
    check: all(isOneOf("authenticationType", ["AWS_X509"]), holds("authorizerConfig", isAbsent, "absent")),
    example: { violation: 'authenticationType: "CUSTOM_AUTH"', fixed: 'authenticationType: "AWS_X509"' },
  },
  {
    id: "aws-iot-bind-policy-to-thing",
    theme: "device-identity",
    description: "A device reaches its own topics only, and connects only under its own name",
    severity: "critical",
    types: [policy],
    controls: ["NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6", "ETSI EN 303 645 5.5-5"],
    why: "With one wildcard a single stolen device reads and forges the whole fleet's messages.",
    fix: "name single actions, resources with ${iot:Connection.Thing.ThingName}, and for iot:Connect the condition Bool iot:Connection.Thing.IsAttached true",
    check: (view) =>
      everyDocument(
        view,
        { [policy]: "policy" },
        wrongForDevices,
        "single actions on resources with ${iot:Connection.Thing.ThingName}",
      ),
    example: {
      violation: 'Action: "iot:*", Resource: "*"',
      fixed: 'Action: "iot:Publish", Resource: "…:topic/devices/${iot:Connection.Thing.ThingName}/telemetry"',
    },
  },
  {
    id: "aws-iot-require-ca-possession",
    theme: "device-identity",
    description:
      "An authority's certificate is registered by who has its key, or found by the name that devices ask for",
    severity: "high",
    types: ["aws:iot/caCertificate:CaCertificate"],
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 SC-17"],
    why: "Devices of an authority that somebody else controls would be let in.",
    fix: 'leave certificateMode "DEFAULT" with verificationCertificatePem, or use "SNI_ONLY" for an authority of the stack',
    check: either(
      all(isOneOf("certificateMode", ["DEFAULT"]), present("verificationCertificatePem")),
      all(isOneOf("certificateMode", ["SNI_ONLY"]), isMadeHere),
    ),
    example: {
      violation: 'certificateMode: "SNI_ONLY", caCertificatePem: readFileSync("ca.pem")',
      fixed: "verificationCertificatePem, or an authority of the stack",
    },
  },
  {
    id: "aws-iot-require-registration-template",
    theme: "device-identity",
    description: "Devices that register themselves do so by a template",
    severity: "medium",
    types: ["aws:iot/caCertificate:CaCertificate"],
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 AC-6"],
    why: "Without one a new certificate gets whatever is attached to it by hand.",
    fix: "set registrationConfig.templateName to an aws.iot.ProvisioningTemplate",
    concerns: (view) => view.value("allowAutoRegistration") === true,
    check: either(present("registrationConfig.templateName"), present("registrationConfig.templateBody")),
    example: {
      violation: "allowAutoRegistration: true",
      fixed: "allowAutoRegistration: true, registrationConfig: { templateName }",
    },
  },
  {
    id: "aws-iot-require-policy-in-template",
    theme: "device-identity",
    description:
      "A template gives every device a certificate and a named policy, and takes its name from the certificate",
    severity: "high",
    types: ["aws:iot/provisioningTemplate:ProvisioningTemplate"],
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 AC-6"],
    why: "A name that the device chooses, or a policy that the template writes itself, is anybody's.",
    fix: 'in templateBody let a resource of type AWS::IoT::Policy have PolicyName only, and in a template of type "JITP" take ThingName from AWS::IoT::Certificate::CommonName',
    check: inDocument("templateBody", (view) => [
      view.test(
        "Resources",
        hasPolicyByName,
        "an AWS::IoT::Policy with PolicyName and without PolicyDocument",
      ),
      view.test(
        "Resources",
        namesThingByCertificate(view.resource.inputs["type"]),
        "a ThingName from AWS::IoT::Certificate::CommonName",
      ),
    ]),
    example: {
      violation: "Policy: { Properties: { PolicyDocument } }",
      fixed: "Policy: { Properties: { PolicyName: policy.name } }",
    },
  },
  {
    id: "aws-iot-limit-credentials",
    theme: "device-identity",
    description: "Credentials that a device gets for its certificate live an hour at most",
    severity: "medium",
    types: ["aws:iot/roleAlias:RoleAlias"],
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 AC-6"],
    why: "They outlive the revocation of the certificate.",
    fix: `set credentialDuration to ${longestCredentials} or less`,
    check: (view, context) =>
      isAbsent(view.value("credentialDuration")) && !context.isOurs(view.resource)
        ? [view.absent("credentialDuration")]
        : isAtMost("credentialDuration", longestCredentials)(view, context),
    example: { violation: "credentialDuration: 43_200", fixed: "credentialDuration: 3_600" },
  },
  {
    id: "aws-iot-forbid-wide-republish",
    theme: "device-identity",
    description: "No topic rule republishes to every topic",
    severity: "high",
    types: ["aws:iot/topicRule:TopicRule"],
    controls: ["NIST SP 800-53 AC-3"],
    why: "A device that chooses the topic speaks in the name of others.",
    fix: "name the topic in republishes[].topic",
    concerns: (rule) => isArray(rule.value("republishes")),
    check: notLike("republishes[]?.topic", /^[#+]|\/#$|^\$\{topic\(\)\}$/, "a topic by name"),
    example: { violation: 'topic: "${topic()}"', fixed: 'topic: "alarms/by-rule"' },
  },
  {
    id: "aws-iot-require-exclusive-certificate",
    theme: "device-identity",
    description: "A certificate belongs to one device",
    severity: "medium",
    types: ["aws:iot/thingPrincipalAttachment:ThingPrincipalAttachment"],
    controls: ["NIST SP 800-53 IA-3", "ETSI EN 303 645 5.1-1"],
    why: "Devices that share a certificate can't be told apart, nor revoked one by one.",
    fix: 'set thingPrincipalType to "EXCLUSIVE_THING"',
    check: isOneOf("thingPrincipalType", ["EXCLUSIVE_THING"]),
    example: {
      violation: "new aws.iot.ThingPrincipalAttachment(name, { principal, thing })",
      fixed: 'thingPrincipalType: "EXCLUSIVE_THING"',
    },
  },
  {
    id: "aws-iot-require-logging",
    theme: "data-protection",
    description: "Connections and refusals of devices are logged",
    severity: "medium",
    types: ["aws:iot/loggingOptions:LoggingOptions"],
    controls: ["NIST SP 800-53 AU-2", "ETSI EN 303 645 5.10-1"],
    why: "An attack that leaves no trace is not found.",
    fix: 'set defaultLogLevel to "WARN" or more, roleArn, and leave disableAllLogs false',
    check: all(
      notTrue("disableAllLogs"),
      isOneOf("defaultLogLevel", ["ERROR", "WARN", "INFO", "DEBUG"]),
      present("roleArn"),
    ),
    example: { violation: "disableAllLogs: true", fixed: 'defaultLogLevel: "WARN"' },
  },
];

/** An authority whose certificate this stack computes, or that a component of Fieldlake took from its owner. */
function isMadeHere(view: View, context: Context): readonly Check[] {
  const isKnown = (view.resource.propertyDependencies["caCertificatePem"] ?? []).length > 0;
  return isKnown || context.isOurs(view.resource)
    ? [pass("caCertificatePem", "of an authority of this stack")]
    : [fail("caCertificatePem", "of an authority that this stack does not make", "one of this stack")];
}

const resourcesOf = (resources: Value): { type: Value; properties: Value }[] =>
  isObject(resources)
    ? Object.values(resources).flatMap((one) =>
        isObject(one) ? [{ type: one["Type"], properties: one["Properties"] }] : [],
      )
    : [];

function hasPolicyByName(resources: Value): boolean {
  const policies = resourcesOf(resources).filter(({ type }) => type === "AWS::IoT::Policy");
  return (
    policies.length > 0 &&
    policies.every(
      ({ properties }) =>
        isObject(properties) &&
        !isAbsent(properties["PolicyName"]) &&
        properties["PolicyDocument"] === undefined,
    )
  );
}

const namesThingByCertificate =
  (type: Value) =>
  (resources: Value): boolean =>
    type !== "JITP" ||
    resourcesOf(resources)
      .filter((one) => one.type === "AWS::IoT::Thing")
      .every(({ properties }) =>
        JSON.stringify(isObject(properties) ? properties["ThingName"] : null).includes(
          "AWS::IoT::Certificate::",
        ),
      );
