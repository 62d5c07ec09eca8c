/** What a provisioning template lets a device do. */
import { inDocument } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { hasPolicyByName, namesThingByCertificate } from "./support/template.ts";

export const awsTemplateIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-require-policy-in-template",
    theme: "device-identity",
    description:
      "A template gives every device a certificate and a named policy, and takes its name from the certificate",
    severity: "high",
    types: ["aws:iot/provisioningTemplate:ProvisioningTemplate"],
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 AC-6"],
    why: "A name that the device chooses, or a policy that the template writes itself, is anybody's.",
    fix: 'in templateBody let a resource of type AWS::IoT::Policy have PolicyName only, and in a template of type "JITP" take ThingName from AWS::IoT::Certificate::CommonName',
    check: inDocument("templateBody", (view) => [
      view.test(
        "Resources",
        hasPolicyByName,
        "an AWS::IoT::Policy with PolicyName and without PolicyDocument",
      ),
      view.test(
        "Resources",
        namesThingByCertificate(view.resource.inputs["type"]),
        "a ThingName from AWS::IoT::Certificate::CommonName",
      ),
    ]),
    example: {
      violation: "Policy: { Properties: { PolicyDocument } }",
      fixed: "Policy: { Properties: { PolicyName: policy.name } }",
    },
  },
];
