/** Notebooks are reached through the network, and are nobody's machine. */
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsNotebooksProtectionRules: readonly Rule[] = [
  {
    id: "aws-sagemaker-close-notebooks",
    theme: "data-protection",
    description: "A notebook has neither a way to the internet of its own nor a root user",
    severity: "medium",
    types: ["aws:sagemaker/notebookInstance:NotebookInstance"],
    controls: ["CKV_AWS_122", "CKV_AWS_307", "SageMaker.1", "SageMaker.3", "NIST SP 800-53 SC-7"],
    why: "Data leaves by it unseen, past every endpoint and rule of the network.",
    fix: 'set directInternetAccess and rootAccess to "Disabled", with subnetId and securityGroups',
    check: isOneOf(["directInternetAccess", "rootAccess"], ["Disabled"]),
    example: { violation: 'directInternetAccess: "Enabled"', fixed: 'directInternetAccess: "Disabled"' },
  },
];
