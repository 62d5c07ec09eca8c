/** What a Fieldlake lake holds of raw data can't be changed. */
import type { Rule } from "../../../kit/rule.ts";
import type { Context } from "../../../kit/context.ts";
import { isAbsent, isObject } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";
import { isHierarchical, lakeOf, lakeType } from "./support/lake.ts";

const account = "azure-native:storage:StorageAccount";
const immutable = "immutableStorageWithVersioning";
/** A copy in another region is one of the raw zone. */
const isRawOrCopy = (view: View): boolean => /(raw|copy)$/.test(view.resource.name);

/** A copy that is younger than the lock has a mode of its own. */
function modeOf(view: View, context: Context): string {
  const lake = lakeOf(view, context);
  const own = /copy$/.test(view.resource.name) ? lake?.value("writeOnce.replicaMode") : undefined;
  return String(isAbsent(own) ? lake?.value("writeOnce.mode") : own);
}

export const azureWriteOnceProtectionRules: readonly Rule[] = [
  {
    id: "azure-storage-require-write-once",
    theme: "data-protection",
    description: "The raw zone is locked for as long as the lake promises",
    severity: "high",
    types: [account],
    reads: [lakeType],
    controls: ["NIST SP 800-53 AU-9", "NIST SP 800-53 SI-7", "MCSB BR-2"],
    why: "Evidence that can be changed is none.",
    fix: "set fieldlake:azure.writeOnce; leave immutability to EncryptedLake",
    concerns: (view, context) =>
      isRawOrCopy(view) &&
      isObject(lakeOf(view, context)?.value("writeOnce")) &&
      !isHierarchical(view, context),
    check: (view, context) => [
      view.isTrue(`${immutable}.enabled`),
      view.oneOf(`${immutable}.immutabilityPolicy.immutabilityPeriodSinceCreationInDays`, [
        Number(lakeOf(view, context)?.value("writeOnce.days")),
      ]),
      view.oneOfAnyCase(`${immutable}.immutabilityPolicy.state`, [modeOf(view, context)]),
      view.notTrue(`${immutable}.immutabilityPolicy.allowProtectedAppendWrites`),
    ],
    example: {
      violation: "immutableStorageWithVersioning: { enabled: false }",
      fixed: "immutableStorageWithVersioning: { enabled: true, … }",
    },
  },
];
