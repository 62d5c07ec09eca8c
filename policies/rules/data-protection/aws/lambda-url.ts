/** No function has an address that everybody may call. */
import { isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsLambdaUrlProtectionRules: readonly Rule[] = [
  {
    id: "aws-lambda-forbid-open-url",
    theme: "data-protection",
    description: "A function's address asks who calls",
    severity: "high",
    types: ["aws:lambda/functionUrl:FunctionUrl"],
    controls: ["CKV_AWS_258", "NIST SP 800-53 AC-3"],
    why: "Anybody on the internet can call it.",
    fix: 'set authorizationType to "AWS_IAM"',
    check: isOneOf("authorizationType", ["AWS_IAM"]),
    example: { violation: 'authorizationType: "NONE"', fixed: 'authorizationType: "AWS_IAM"' },
  },
];
