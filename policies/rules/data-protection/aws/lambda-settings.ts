/** Functions have no secrets in plain settings. */
import type { Rule } from "../../../kit/rule.ts";
import { isNothing, isObject, unknown } from "../../../kit/value.ts";
import { type Check, fail, pass, undetermined } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";

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

export const awsLambdaSettingsProtectionRules: readonly Rule[] = [
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
];
