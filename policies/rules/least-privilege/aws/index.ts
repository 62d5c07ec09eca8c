/** Who may do what, AWS: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { awsActionsPrivilegeRules } from "./actions.ts";
import { awsBoundServicesPrivilegeRules } from "./bound-services.ts";
import { awsKeyPoliciesPrivilegeRules } from "./key-policies.ts";
import { awsKeyUsePrivilegeRules } from "./key-use.ts";
import { awsLambdaPrivilegeRules } from "./lambda.ts";
import { awsNamedActionsPrivilegeRules } from "./named-actions.ts";
import { awsNamedResourcesPrivilegeRules } from "./named-resources.ts";
import { awsResourcesPrivilegeRules } from "./resources.ts";
import { awsTightPoliciesPrivilegeRules } from "./tight-policies.ts";
import { awsTrustSourcePrivilegeRules } from "./trust-source.ts";
import { awsTrustPrivilegeRules } from "./trust.ts";
import { awsVoidConditionsPrivilegeRules } from "./void-conditions.ts";

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
  ...awsVoidConditionsPrivilegeRules,
  ...awsNamedResourcesPrivilegeRules,
];
