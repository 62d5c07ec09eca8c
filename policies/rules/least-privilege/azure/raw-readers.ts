/** Who reads what devices sent reads no more of it than the task needs. */
import { all, isLike, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isInRawZone, storageAccount } from "./support/raw-zone.ts";

/** Storage Blob Data Reader. */
const blobReader = /2a2b9908-6ea1-4ae2-8e65-a410df84e7d1/i;

export const azureRawReaderRules: readonly Rule[] = [
  {
    id: "azure-roles-narrow-raw-readers",
    theme: "least-privilege",
    description:
      "Who reads the raw zone of Fieldlake reads uploaded files, or sees their names, and no live messages",
    severity: "medium",
    types: ["azure-native:authorization:RoleAssignment"],
    reads: [storageAccount],
    controls: ["MCSB PA-7", "NIST SP 800-53 AC-6"],
    why: "The raw zone has all that devices ever sent; the function of uploads needs a folder of it.",
    fix: "set condition to a path below offline/, and conditionVersion to 2.0",
    concerns: (view, context) =>
      context.isOurs(view.resource) &&
      blobReader.test(String(view.value("roleDefinitionId"))) &&
      isInRawZone(view, context),
    check: all(
      isLike(
        "condition",
        /^\(\(!\(ActionMatches\{'[^']+\/blobs\/read'\}\)\) OR \((!\(SubOperationMatches\{'Blob\.List'\}\) AND @Resource\[[^\]]+:path\] StringLike 'offline\/\*'|SubOperationMatches\{'Blob\.List'\} AND @Request\[[^\]]+:prefix\] StringStartsWith 'offline\/')\)\)$/,
        "read only where the path is like offline/*, and no list; or lists below offline/ alone",
      ),
      isOneOf("conditionVersion", ["2.0"]),
    ),
    example: { violation: "condition: undefined", fixed: 'condition: belowPath("offline")' },
  },
];
