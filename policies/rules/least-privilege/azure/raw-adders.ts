/** Files of devices and their live messages lie in one zone: who adds the ones does not add the others. */
import { all, isLike, isOneOf } from "../../../kit/requirements.ts";
import { valueAt, type Graph, type Resource } from "../../../kit/graph.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isInRawZone, storageAccount } from "./support/raw-zone.ts";

const definition = "azure-native:authorization:RoleDefinition";

/** Whether the role is one of the stack that makes new blobs and replaces none. */
function addsFiles(assignment: Resource, graph: Graph): boolean {
  const { found } = graph.referred(assignment, "roleDefinitionId", [definition]);
  const actions = found.map(({ inputs }) => JSON.stringify(valueAt(inputs, "permissions[0].dataActions")));
  return actions.some((granted) => /\/blobs\/add\/action"/.test(granted) && !/\/blobs\/write"/.test(granted));
}

export const azureRawAdderRules: readonly Rule[] = [
  {
    id: "azure-roles-narrow-raw-adders",
    theme: "least-privilege",
    description:
      "Who adds to the raw zone of Fieldlake adds uploaded files and no live messages, or these and no uploaded files",
    severity: "medium",
    types: ["azure-native:authorization:RoleAssignment"],
    reads: [definition, storageAccount],
    controls: ["MCSB PA-7", "NIST SP 800-53 AC-6"],
    why: "Whatever lies below offline/ is taken for a file of the device that its path names, and everything else for what the broker let in.",
    fix: "set condition to a path that is like offline/*, or is not, and conditionVersion to 2.0",
    concerns: (view, context) =>
      context.isOurs(view.resource) && addsFiles(view.resource, context.graph) && isInRawZone(view, context),
    check: all(
      isLike(
        "condition",
        /^\(\(!\(ActionMatches\{'[^']+\/blobs\/add\/action'\}\)\) OR \(@Resource\[[^\]]+:path\] String(Not)?Like 'offline\/\*'\)\)$/,
        "add only where the path is like offline/*, or only where it is not",
      ),
      isOneOf("conditionVersion", ["2.0"]),
    ),
    example: { violation: "condition: undefined", fixed: 'condition: addedBelow("offline")' },
  },
];
