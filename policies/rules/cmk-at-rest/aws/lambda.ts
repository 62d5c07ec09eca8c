/** Lambda: settings, code and filters lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing, isObject } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";

const hasVariables = (fn: View): boolean => {
  const variables = fn.value("environment.variables");
  return isObject(variables)
    ? Object.keys(variables).length > 0
    : variables !== undefined && variables !== null;
};
const hasZip = (fn: View): boolean => fn.value("packageType") !== "Image" && isNothing(fn.value("imageUri"));

export const awsLambdaKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-lambda-require-customer-key-on-settings",
    what: "A function's environment",
    types: ["aws:lambda/function:Function"],
    property: "kmsKeyArn",
    controls: ["CKV_AWS_173", "awslambda_function_env_vars_not_encrypted_with_cmk"],
    platformDefault: "its variables lie under the key that AWS manages for Lambda",
    concerns: hasVariables,
  }),
  awsKeyRule({
    id: "aws-lambda-require-customer-key-on-code",
    what: "A function's code",
    types: ["aws:lambda/function:Function"],
    property: "sourceKmsKeyArn",
    controls: [],
    platformDefault: "the archive lies under a key that AWS owns",
    severity: "low",
    concerns: hasZip,
  }),
  awsKeyRule({
    id: "aws-lambda-require-customer-key-on-filters",
    what: "The filter of an event source",
    types: ["aws:lambda/eventSourceMapping:EventSourceMapping"],
    property: "kmsKeyArn",
    controls: [],
    platformDefault: "its patterns, which are made of data, lie under a key that AWS owns",
    severity: "low",
    concerns: (mapping) => !isNothing(mapping.value("filterCriteria")),
  }),
];
