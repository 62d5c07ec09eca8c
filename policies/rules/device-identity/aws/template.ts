/** What a provisioning template lets a device do. */
import { inDocument, present } from "../../../kit/requirements.ts";
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
  {
    id: "aws-iot-require-provisioning-hook",
    theme: "device-identity",
    description:
      "Whoever comes with a claim that others have too becomes a device only if a function says so",
    severity: "critical",
    types: ["aws:iot/provisioningTemplate:ProvisioningTemplate"],
    controls: ["NIST SP 800-53 IA-3", "NIST SP 800-53 IA-5", "ETSI EN 303 645 5.1-1"],
    why: "The key of a claim is in every device of a batch: one that leaks makes any number of devices.",
    fix: "set preProvisioningHook.targetArn to a function that knows which devices are expected",
    concerns: (view) => view.value("type") !== "JITP",
    check: present("preProvisioningHook.targetArn"),
    example: {
      violation: 'type: "FLEET_PROVISIONING", preProvisioningHook: undefined',
      fixed: "preProvisioningHook: { targetArn: hook.arn }",
    },
  },
];
