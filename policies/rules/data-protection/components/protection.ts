/** Components of Fieldlake that keep data are protected. */
import { ancestorOf } from "../../../kit/ancestors.ts";
import type { Context } from "../../../kit/context.ts";
import type { Rule } from "../../../kit/rule.ts";
import { fail, pass } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

const keepers = ["aws", "azure", "local"].flatMap((target) =>
  ["EncryptedLake", "KnowledgeBase"].map((name) => `fieldlake:${target}:${name}`),
);
/** Keep data of their own on a cloud: births, the registry of devices. */
const alsoKeeping = [
  "fieldlake:aws:StreamProcessor",
  "fieldlake:aws:DeviceFleet",
  "fieldlake:azure:DeviceFleet",
];
const isProtecting = (context: Context): boolean =>
  context.ofTypes(keepers).some((component) => component.value("protect") === true);
const account = "azure-native:storage:StorageAccount";
/** What keeps data, and the keys without which it is lost. */
const kept = [
  "aws:kms/key:Key",
  "aws:kms/replicaKey:ReplicaKey",
  "aws:s3/bucket:Bucket",
  "aws:dynamodb/table:Table",
  "aws:kinesis/stream:Stream",
  "azure-native:keyvault:Vault",
  "azure-native:keyvault:Key",
  "azure-native:cosmosdb:DatabaseAccount",
  "azure-native:eventhub:Namespace",
  "azure-native:synapse:Workspace",
  account,
];
/** Accounts beside the lake hold what functions work with, and can be made again. */
const isKept = (view: View, context: Context): boolean =>
  view.resource.type !== account || ancestorOf(view, context, "fieldlake:azure:EncryptedLake") !== null;

export const componentRules: readonly Rule[] = [
  {
    id: "fieldlake-protect-what-is-kept",
    theme: "data-protection",
    description: "In an environment that protects what it keeps, no destroy takes stores or keys",
    severity: "high",
    types: kept,
    reads: keepers,
    controls: ["NIST SP 800-53 CP-9"],
    why: "One command would take the data, or the key without which it is lost.",
    fix: "leave the option protect to the components",
    concerns: (view, context) =>
      context.isOurs(view.resource) && isProtecting(context) && isKept(view, context),
    check: ({ resource }) => [
      resource.isProtected
        ? pass("protect", "true")
        : fail("protect", "false", "true, in the resource's options"),
    ],
    example: { violation: "{ protect: false }", fixed: "{ protect: true }" },
  },
  {
    id: "fieldlake-protect-all-or-none",
    theme: "data-protection",
    description: "In an environment that protects what it keeps, everything that keeps data is protected",
    severity: "high",
    types: [...keepers, ...alsoKeeping],
    reads: keepers,
    controls: ["NIST SP 800-53 CP-9"],
    why: "One part that is not protected goes with the next destroy, and what is left of the others is of no use.",
    fix: "set fieldlake:protect for the whole environment",
    concerns: (_, context) => isProtecting(context),
    check: (component) => [component.isTrue("protect")],
    example: { violation: "{ protect: false } beside { protect: true }", fixed: "fieldlake:protect: true" },
  },
];
