/** Who may take away or replace what the lake holds may do so to the files of its task. */
import { all, isLike, isOneOf } from "../../../kit/requirements.ts";
import type { Graph, Resource } from "../../../kit/graph.ts";
import type { Rule } from "../../../kit/rule.ts";
import { valueAt } from "../../../kit/graph.ts";

const definition = "azure-native:authorization:RoleDefinition";
const changes = /\/containers\/blobs\/(write|delete)"/;

/** Whether the role is one of the stack that deletes or replaces blobs. */
function changesFiles(assignment: Resource, graph: Graph): boolean {
  return graph
    .referred(assignment, "roleDefinitionId", [definition])
    .found.some((role) => changes.test(JSON.stringify(valueAt(role.inputs, "permissions[0].dataActions"))));
}

export const azureFileChangerRules: readonly Rule[] = [
  {
    id: "azure-roles-narrow-file-changers",
    theme: "least-privilege",
    description: "Who deletes or replaces files of Fieldlake's lake does so to those of its task",
    severity: "high",
    types: ["azure-native:authorization:RoleAssignment"],
    reads: [definition],
    controls: ["MCSB PA-7", "NIST SP 800-53 AC-6"],
    why: "Without the condition a function that merges files takes away the records of what was merged, and one that writes insights takes away rows.",
    fix: "set condition to a folder's path, or to the Parquet files, and conditionVersion to 2.0",
    concerns: ({ resource }, context) => context.isOurs(resource) && changesFiles(resource, context.graph),
    check: all(
      isLike(
        "condition",
        /^\(\((!\(ActionMatches\{'[^']+\/blobs\/add\/action'\}\) AND )?(!\(ActionMatches\{'[^']+\/blobs\/(write|delete)'\}\)( AND )?)+\) OR \(@Resource\[[^\]]+:path\] StringLike '([\w-]+\/\*|\*(\.changed)?\.parquet)'\)\)$/,
        "write and delete only where the path is like a folder's, or a Parquet file's",
      ),
      isOneOf("conditionVersion", ["2.0"]),
    ),
    example: { violation: "condition: undefined", fixed: 'condition: changedBelow("insights")' },
  },
];
