/** Who signs what devices with a claim ask for. */
import type { Rule } from "../../../kit/rule.ts";
import { unknown } from "../../../kit/value.ts";
import { type Check, fail, pass, undetermined } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";
import { desiredState } from "./support/desired-state.ts";

/** May be made by the Cloud Control API, because this rule sees what is in it. */
export const certificateProvider = "AWS::IoT::CertificateProvider";

const property = "desiredState";
const oneFunction = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+)?$/;

function checks(view: View): readonly Check[] {
  const text = view.value(property);
  if (text === unknown) return [undetermined(property)];
  const state = desiredState(text);
  if (state === null) return [fail(property, "not a JSON object", "the state as JSON")];
  const { LambdaFunctionArn: signer, AccountDefaultForOperations: operations } = state;
  const wanted = ["CreateCertificateFromCsr"];
  return [
    typeof signer === "string" && oneFunction.test(signer)
      ? pass(`${property}.LambdaFunctionArn`, signer)
      : fail(`${property}.LambdaFunctionArn`, String(signer), "the ARN of a function"),
    JSON.stringify(operations) === JSON.stringify(wanted)
      ? pass(`${property}.AccountDefaultForOperations`, wanted.join(", "))
      : fail(`${property}.AccountDefaultForOperations`, String(operations), wanted.join(", ")),
  ];
}

export const awsCertificateProviderIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-require-signing-function",
    theme: "device-identity",
    description: "A certificate provider is one function, and signs requests that devices make themselves",
    severity: "high",
    types: ["aws:cloudcontrol/resource:Resource"],
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 SC-17"],
    why: "It answers for every device of the account that asks for a certificate over MQTT.",
    fix: 'set LambdaFunctionArn to the function that signs, and AccountDefaultForOperations to ["CreateCertificateFromCsr"]',
    concerns: (view) => view.value("typeName") === certificateProvider,
    check: (view) => checks(view),
    example: {
      violation: "LambdaFunctionArn: undefined",
      fixed: "LambdaFunctionArn: signer.arn",
    },
  },
];
