/** A Fieldlake lake keeps what it promises, and what is deleted can be had back. */
import type { Context } from "../../../kit/context.ts";
import { hasCompanion } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";
import { type Check, fail, pass } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";
import { isHierarchical, lakeOf, lakeType } from "./support/lake.ts";
import { isOurs } from "../../support/ours.ts";

const account = "azure-native:storage:StorageAccount";
const blobs = "azure-native:storage:BlobServiceProperties";
const old = ["version", "snapshot"];
const pathOf = (kind: string): string => `definition.actions.${kind}.delete`;
const endsOf = (rule: View, kind: string): boolean => !isAbsent(rule.value(pathOf(kind)));
const zoneOf = (view: View): string =>
  /(raw|curated|quarantine|copy)/.exec(view.resource.name)?.[1]?.replace("copy", "raw") ?? "";
/** Objects live as long as the lake was told; 0 is for ever. Old versions can be had back for a week. */
function keepsRetention(view: View, context: Context): readonly Check[] {
  const days = lakeOf(view, context)?.value(`zones.${zoneOf(view)}.retentionDays`);
  const old = isHierarchical(view, context) ? "snapshot" : "version";
  return view.every("policy.rules", (rule) => {
    const end = rule.part("definition.actions.baseBlob.delete");
    const path = "daysAfterModificationGreaterThan";
    const isEndless = isAbsent(end.value(""));
    return [
      rule.notFalse("enabled"),
      rule.atLeast(`definition.actions.${old}.delete.daysAfterCreationGreaterThan`, 7),
      ...(days !== 0
        ? [end.oneOf(path, [Number(days)])]
        : [
            isEndless
              ? pass(end.path(path), "absent")
              : fail(end.path(path), "an end where there is to be none", "absent"),
          ]),
    ];
  });
}

export const azureLakeRetentionProtectionRules: readonly Rule[] = [
  {
    id: "azure-lake-keep-retention",
    theme: "data-protection",
    description: "Each zone keeps its objects for as long as the lake promises",
    severity: "medium",
    types: ["azure-native:storage:ManagementPolicy"],
    reads: [lakeType],
    controls: ["NIST SP 800-53 AU-11", "NIST SP 800-53 SI-12"],
    why: "Data that ends early is lost, data that never ends is a liability.",
    fix: "set fieldlake:zones; leave the lifecycle to EncryptedLake",
    concerns: (view, context) => lakeOf(view, context) !== null && zoneOf(view) !== "",
    check: keepsRetention,
    example: {
      violation: "delete: { daysAfterModificationGreaterThan: 1 }",
      fixed: "delete: { daysAfterModificationGreaterThan: 365 }",
    },
  },
  {
    id: "azure-storage-keep-versions-a-week",
    theme: "data-protection",
    description: "Where old versions and snapshots end, they can be had back for a week",
    severity: "medium",
    types: ["azure-native:storage:ManagementPolicy"],
    controls: ["NIST SP 800-53 CP-9"],
    why: "A mistake is seldom seen the same day.",
    fix: "set daysAfterCreationGreaterThan of version and snapshot to 7 or more, or leave them out",
    concerns: (view) => old.some((kind) => view.items("policy.rules").some((rule) => endsOf(rule, kind))),
    check: (view) =>
      view
        .items("policy.rules")
        .flatMap((rule) =>
          old
            .filter((kind) => endsOf(rule, kind))
            .map((kind) => rule.atLeast(`${pathOf(kind)}.daysAfterCreationGreaterThan`, 7)),
        ),
    example: {
      violation: "version: { delete: { daysAfterCreationGreaterThan: 1 } }",
      fixed: "version: { delete: { daysAfterCreationGreaterThan: 30 } }",
    },
  },
  {
    id: "azure-storage-keep-recoverable",
    theme: "data-protection",
    description: "Every account of Fieldlake keeps what is deleted",
    severity: "medium",
    types: [account],
    reads: [blobs],
    controls: ["CKV2_AZURE_38", "NIST SP 800-53 CP-9"],
    why: "A mistake destroys data for good.",
    fix: "add an azure-native.storage.BlobServiceProperties with deleteRetentionPolicy",
    concerns: isOurs,
    check: hasCompanion([blobs], "accountName", "an azure-native.storage.BlobServiceProperties"),
    example: {
      violation: "a StorageAccount alone",
      fixed: "new storage.BlobServiceProperties(name, { accountName, deleteRetentionPolicy })",
    },
  },
];
