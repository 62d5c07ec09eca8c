/** Who may call a function is said by name. */
import { accountOf } from "../../../kit/context.ts";
import { all, either, holds, isOneOf, present, type Requirement } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";

const permission = "aws:lambda/permission:Permission";
const account = /^(\d{12}|arn:[^:]*:iam::\d{12}:[^*]+)$/;

/** An ARN of another account than the one that is named beside it, or than those of the stack, is somebody else's. */
const isOfAccount: Requirement = (view, { accounts }) => {
  const named = view.value("sourceAccount");
  const known = typeof named === "string" ? new Set([named]) : accounts;
  const allowed = `an ARN of account ${[...known].join(", ")}`;
  return [
    view.test(
      "sourceArn",
      (arn) => {
        const owner = typeof arn === "string" ? accountOf(arn) : undefined;
        return owner === undefined || known.size === 0 || known.has(owner);
      },
      allowed,
    ),
  ];
};

export const awsLambdaPrivilegeRules: readonly Rule[] = [
  {
    id: "aws-lambda-forbid-open-call",
    theme: "least-privilege",
    description: "A function can be called by known callers only",
    severity: "critical",
    types: [permission],
    controls: ["CKV_AWS_364", "CKV_AWS_301", "Lambda.1", "NIST SP 800-53 AC-3"],
    why: "Any account could have a service call the function with input of its own.",
    fix: 'set action to "lambda:InvokeFunction" and sourceArn (or sourceAccount, or principalOrgId) beside principal',
    check: all(
      isOneOf("action", ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"]),
      holds(
        "principal",
        (one) => typeof one === "string" && one !== "" && !one.includes("*"),
        "a service or an account",
      ),
      either(
        present("sourceArn"),
        present("sourceAccount"),
        present("principalOrgId"),
        holds("principal", (one) => account.test(String(one)), "an account"),
      ),
      holds("sourceArn", (arn) => arn === undefined || !/^[*?]+$|^arn:[*?]/.test(String(arn)), "a named ARN"),
      isOfAccount,
      holds("functionUrlAuthType", (type) => type !== "NONE", "AWS_IAM, absent"),
    ),
    example: {
      violation: 'principal: "events.amazonaws.com"',
      fixed: 'principal: "events.amazonaws.com", sourceArn: rule.arn',
    },
  },
  {
    id: "aws-lambda-bind-call",
    theme: "least-privilege",
    description: "Functions of Fieldlake are called for one account and one resource",
    severity: "medium",
    types: [permission],
    controls: ["NIST SP 800-53 AC-6"],
    why: "A bucket or rule of the same name in another account could call it.",
    fix: "set both sourceArn and sourceAccount",
    concerns: (view, context) => context.isOurs(view.resource),
    check: all(present(["sourceArn", "sourceAccount"]), isOneOf("action", ["lambda:InvokeFunction"])),
    example: { violation: "sourceArn: rule.arn", fixed: "sourceArn: rule.arn, sourceAccount: account" },
  },
];
