/** Ways round the pack: resources that nobody can judge. */
import type { Rule } from "../../kit/rule.ts";
import { fail } from "../../kit/verdict.ts";
import { certificateProvider } from "../device-identity/aws/certificate-provider.ts";
import { checkedDomain } from "../device-identity/aws/checked-domain.ts";

/** Types by the Cloud Control API that rules of their own look into. */
const judged: readonly unknown[] = [checkedDomain, certificateProvider];

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

export const escapeRules: readonly Rule[] = [
  {
    id: "pack-forbid-escape-hatches",
    theme: "pack-hygiene",
    description: "No resource makes others that the rules can't see",
    severity: "high",
    types: hatches,
    controls: ["NIST SP 800-53 CM-3", "NIST SP 800-53 CM-7"],
    why: "What a template, a script or a dynamic provider makes is in no plan and escapes every rule.",
    fix: "use the provider's own resources, or accept this one by a named exception",
    concerns: (view) => !judged.includes(view.value("typeName")),
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
];
