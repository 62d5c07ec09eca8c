/** Who may call a function. */
import { all, either, holds, isOneOf, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing, isObject, unknown } from "../../../kit/value.ts";
import { fail, pass, undetermined, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

const permission = "aws:lambda/permission:Permission";
const account = /^(\d{12}|arn:[^:]*:iam::\d{12}:[^*]+)$/;

/** What opens something: by its own form, or by the name that it is given. */
const opens =
  /-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|(AccountKey|SharedAccessKey|Password|Pwd)\s*=\s*[^;\s]/;
const soundsSecret = /(secret|passw(or)?d|token|private.?key|api.?key)$/i;
/** A name or ARN of where the secret is. */
const refers = /^(arn:|\/|projects\/|https:\/\/)/;

function plainSecrets(fn: View): readonly Check[] {
  const variables = fn.value("environment.variables");
  if (!isObject(variables)) return [undetermined("environment.variables")];
  return Object.entries(variables).map(([name, value]) => {
    const property = `environment.variables.${name}`;
    if (value === unknown)
      return soundsSecret.test(name) ? undetermined(property) : pass(property, "not known yet");
    const text = typeof value === "string" ? value : "";
    const isPlain = opens.test(text) || (soundsSecret.test(name) && text !== "" && !refers.test(text));
    return isPlain
      ? fail(property, "a secret in plain text", "the ARN or name of a secret that the function reads")
      : pass(property, "no secret");
  });
}

export const awsFunctionAccessRules: readonly Rule[] = [
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
      holds("functionUrlAuthType", (type) => type !== "NONE", "AWS_IAM, absent"),
    ),
    example: {
      violation: 'principal: "events.amazonaws.com"',
      fixed: 'principal: "events.amazonaws.com", sourceArn: rule.arn',
    },
  },
  {
    id: "aws-lambda-forbid-plain-secrets",
    theme: "data-protection",
    description: "A function's environment holds no secret",
    severity: "high",
    types: ["aws:lambda/function:Function"],
    controls: ["CKV_AWS_45", "NIST SP 800-53 IA-5(7)"],
    why: "Everybody who may read the function's configuration reads it.",
    fix: "put the secret into an aws.secretsmanager.Secret and its ARN into the variable",
    concerns: (fn) => !isNothing(fn.value("environment.variables")),
    check: plainSecrets,
    example: {
      violation: 'variables: { DB_PASSWORD: "hunter2" }',
      fixed: "variables: { DB_SECRET_ARN: secret.arn }",
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
