/** What a Fieldlake lake holds of raw data can't be changed. */
import type { Rule } from "../../../kit/rule.ts";
import { isObject } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";
import { lakeOf } from "./support/lake.ts";

const account = "azure-native:storage:StorageAccount";
const lakeType = "fieldlake:azure:EncryptedLake";
const immutable = "immutableStorageWithVersioning";
/** A copy in another region is one of the raw zone. */
const isRawOrCopy = (view: View): boolean => /(raw|copy)$/.test(view.resource.name);

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
      lakeOf(view, context)?.value("hierarchicalNamespace") !== true,
    check: (view, context) => [
      view.isTrue(`${immutable}.enabled`),
      view.oneOf(`${immutable}.immutabilityPolicy.immutabilityPeriodSinceCreationInDays`, [
        Number(lakeOf(view, context)?.value("writeOnce.days")),
      ]),
      view.oneOfAnyCase(`${immutable}.immutabilityPolicy.state`, [
        String(lakeOf(view, context)?.value("writeOnce.mode")),
      ]),
      view.notTrue(`${immutable}.immutabilityPolicy.allowProtectedAppendWrites`),
    ],
    example: {
      violation: "immutableStorageWithVersioning: { enabled: false }",
      fixed: "immutableStorageWithVersioning: { enabled: true, … }",
    },
  },
];
