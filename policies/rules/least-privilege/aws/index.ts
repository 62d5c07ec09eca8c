/** Who may do what, AWS: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { awsActionsPrivilegeRules } from "./actions.ts";
import { awsBoundServicesPrivilegeRules } from "./bound-services.ts";
import { awsKeyPoliciesPrivilegeRules } from "./key-policies.ts";
import { awsKeyUsePrivilegeRules } from "./key-use.ts";
import { awsLambdaPrivilegeRules } from "./lambda.ts";
import { awsResourcesPrivilegeRules } from "./resources.ts";
import { awsTightPoliciesPrivilegeRules } from "./tight-policies.ts";
import { awsTrustPrivilegeRules } from "./trust.ts";
import { awsTrustSourcePrivilegeRules } from "./trust-source.ts";
import { awsNamedActionsPrivilegeRules } from "./named-actions.ts";

export const awsPrivilegeRules: readonly Rule[] = [
  ...awsLambdaPrivilegeRules,
  ...awsActionsPrivilegeRules,
  ...awsKeyUsePrivilegeRules,
  ...awsResourcesPrivilegeRules,
  ...awsKeyPoliciesPrivilegeRules,
  ...awsBoundServicesPrivilegeRules,
  ...awsTightPoliciesPrivilegeRules,
  ...awsTrustPrivilegeRules,
  ...awsTrustSourcePrivilegeRules,
  ...awsNamedActionsPrivilegeRules,
];
