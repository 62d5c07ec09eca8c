/** Ways round the rules: what the pack can't look into is not proven. */
import type { Rule } from "../../kit/rule.ts";
import { isArray, isObject, type Value } from "../../kit/value.ts";
import { fail, pass, type Check } from "../../kit/verdict.ts";

/** Resources that make others which no rule sees. */
const hatches = [
  "aws:cloudformation/stack:Stack",
  "aws:cloudformation/stackSet:StackSet",
  "aws:cloudcontrol/resource:Resource",
  "azure-native:resources:Deployment",
  "azure-native:resources:DeploymentAtSubscriptionScope",
  "azure-native:resources:DeploymentAtManagementGroupScope",
  "azure-native:resources:DeploymentAtTenantScope",
  "azure-native:resources:AzureCliScript",
  "azure-native:resources:AzurePowerShellScript",
  "azure-native:resources:Resource",
  "command:local:Command",
  "command:remote:Command",
  "pulumi-nodejs:dynamic:Resource",
  "pulumi-python:dynamic:Resource",
];
/** Other packages for the same stores, which the rules don't know. */
const twins = [
  "aws-native:(s3|sqs|sns|kinesis|dynamodb|kms|lambda|rds|iot|logs|msk|secretsmanager|opensearchservice):*",
  "azure:(storage|eventhub|servicebus|iot|keyvault|cosmosdb|mssql|redis|appservice|kusto|synapse|containerservice)/*",
];
/** Names in documents, not places that data is sent to. */
const namesOnly =
  /^http:\/\/(acs\.amazonaws\.com|([\w-]+\.)*json-schema\.org|([\w-]+\.)*w3\.org|schemas\.|localhost|127\.|\[::1\])/i;
const plain = /^(http|ftp|mqtt|amqp|redis|ws|ldap|telnet|nats|kafka\+plaintext):\/\//i;
const saysNothing =
  /^(description|tags|tagsAll|comment|notes|.*[oO]rigins?|displayName|label|.*[dD]ocumentation.*)$/;

/** Every text with the path to it; documents in text are not opened: other rules read them. */
function* textsOf(value: Value, path: string): Generator<[path: string, text: string]> {
  if (typeof value === "string") yield [path, value];
  else if (isArray(value))
    for (const [index, item] of value.entries()) yield* textsOf(item, `${path}[${index}]`);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value))
      if (!saysNothing.test(key)) yield* textsOf(item, path === "" ? key : `${path}.${key}`);
}

function plainAddresses(inputs: Value): readonly Check[] {
  const found = [...textsOf(inputs, "")].filter(([, text]) => plain.test(text) && !namesOnly.test(text));
  return found.length === 0
    ? [pass("", "no plain address")]
    : found.map(([path, text]) =>
        fail(path, `the plain address ${text.split("://")[0]}://…`, "an address with TLS"),
      );
}

export const packHygieneRules: readonly Rule[] = [
  {
    id: "pack-forbid-escape-hatches",
    theme: "pack-hygiene",
    description: "No resource makes others that the rules can't see",
    severity: "high",
    types: hatches,
    controls: ["NIST SP 800-53 CM-3", "NIST SP 800-53 CM-7"],
    why: "What a template, a script or a dynamic provider makes is in no plan and escapes every rule.",
    fix: "use the provider's own resources, or accept this one by a named exception",
    check: (view) => [
      fail("", `a ${view.resource.token}, which makes what no rule sees`, "a provider's own resource"),
    ],
    example: { violation: "new command.local.Command(…)", fixed: "a resource of the provider" },
  },
  {
    id: "pack-forbid-uncovered-providers",
    theme: "pack-hygiene",
    description: "Stores are made by the packages that the rules know",
    severity: "high",
    types: twins,
    controls: ["NIST SP 800-53 CM-7"],
    why: "The same store by another package escapes every rule.",
    fix: "use @pulumi/aws or @pulumi/azure-native, or accept this one by a named exception",
    check: (view) => [
      fail(
        "",
        `a ${view.resource.token}, which no rule knows`,
        "the same resource of @pulumi/aws or @pulumi/azure-native",
      ),
    ],
    example: { violation: "new awsNative.s3.Bucket(…)", fixed: "new aws.s3.Bucket(…)" },
  },
  {
    id: "pack-forbid-plain-addresses",
    theme: "tls-in-transit",
    description: "No property names an address that is reached without TLS",
    severity: "high",
    types: ["aws:*", "azure-native:*"],
    controls: ["NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "Whoever is on the way could read and change what travels.",
    fix: "use the address with TLS: https, mqtts, amqps, rediss, wss",
    concerns: (view) => plainAddresses(view.resource.inputs).some(({ outcome }) => outcome === "fail"),
    check: (view) => plainAddresses(view.resource.inputs),
    example: { violation: 'endpoint: "mqtt://broker:1883"', fixed: 'endpoint: "mqtts://broker:8883"' },
  },
];
