/** What Fieldlake's resources name is Fieldlake's: no data goes to, and nothing is done as, what the plan does not show. */
import { accountOf, type Context } from "../../../kit/context.ts";
import { isAllowedKeyArn } from "../../../kit/own-key-aws.ts";
import { isAllowedKeyId } from "../../../kit/own-key-azure.ts";
import type { Rule } from "../../../kit/rule.ts";
import { type Text, textsOf } from "../../../kit/texts.ts";
import { type Check, fail, pass } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";
import { isOurs } from "../../support/ours.ts";

/** Azure's own roles, and parts of resources that no resource stands for. */
const builtIn = /\/providers\/Microsoft\.Authorization\/roleDefinitions\/|\/sqlRoleDefinitions\/|\/dbs\//i;
const azureIds = (view: View): readonly Text[] =>
  textsOf(view.resource.inputs).filter(
    ({ text }) => text.startsWith("/subscriptions/") && !builtIn.test(text),
  );
/** ARNs as such, and what stands where one is asked for; documents have rules of their own. */
const awsNames = (view: View): readonly Text[] =>
  textsOf(view.resource.inputs).filter(
    ({ path, text, isKey }) =>
      !isKey && ((text.startsWith("arn:") && !text.includes("{")) || /arn$/i.test(path)),
  );

/** A key that rights are given on, and the group that a role for it is of. */
const isWithAllowedKey = (id: string, context: Context): boolean =>
  isAllowedKeyId(id, context) ||
  context
    .ofTypes(["azure-native:authorization:RoleAssignment"])
    .map((one) => String(one.value("scope")))
    .some((scope) => scope.startsWith(`${id}/providers/`) && isAllowedKeyId(scope, context));

const why =
  "Data that is sent elsewhere, or an identity of somebody else, leaves everything that is promised here.";
const controls = ["NIST SP 800-53 AC-4", "NIST SP 800-53 SC-7"];

export const ownResourceRules: readonly Rule[] = [
  {
    id: "azure-environment-name-own-resources",
    theme: "data-protection",
    description: "Resources of a Fieldlake environment name resources of the same stack only",
    severity: "high",
    types: ["azure-native:*"],
    reads: ["azure-native:authorization:RoleAssignment"],
    controls,
    why,
    fix: "name the id of a resource of the stack, say in allowedKeyOwners whose vault a key is in, or accept this one by a named exception",
    concerns: (view, context) => isOurs(view, context) && azureIds(view).length > 0,
    check: (view, context) =>
      azureIds(view).map(({ path, text }): Check => {
        if (context.graph.knows(text)) return pass(path, "of this stack");
        return isWithAllowedKey(text, context)
          ? pass(path, "a key of allowedKeyOwners, or its group")
          : fail(path, `"${text}"`, "a resource of this stack, or a key in a vault of allowedKeyOwners");
      }),
    example: {
      violation: 'workspaceId: "/subscriptions/…/workspaces/elsewhere"',
      fixed: "workspaceId: workspace.id",
    },
  },
  {
    id: "aws-environment-name-own-accounts",
    theme: "data-protection",
    description: "Resources of a Fieldlake environment name resources of its own account only",
    severity: "high",
    types: ["aws:*"],
    controls,
    why,
    fix: "name the arn of a resource of the stack, say in allowedKeyOwners whose key it is, or accept this one by a named exception",
    concerns: (view, context) => isOurs(view, context) && awsNames(view).length > 0,
    check: (view, context) =>
      awsNames(view).map(({ path, text: arn }): Check => {
        const { accounts } = context;
        const owner = accountOf(arn);
        if (!arn.startsWith("arn:")) return fail(path, `"${arn}"`, "an ARN");
        if (isAllowedKeyArn(arn, context)) return pass(path, "a key of allowedKeyOwners");
        return owner === undefined || accounts.size === 0 || accounts.has(owner)
          ? pass(path, "of this account")
          : fail(
              path,
              `"${arn}"`,
              `an ARN of account ${[...accounts].join(", ")}, or of a key of allowedKeyOwners`,
            );
      }),
    example: {
      violation: 'alarmActions: ["arn:aws:sns:…:999999999999:elsewhere"]',
      fixed: "alarmActions: [topic.arn]",
    },
  },
];
