/** A device may do what concerns itself only. */
import { everyDocument } from "../../../kit/documents.ts";
import type { Rule } from "../../../kit/rule.ts";
import { wrongForDevices } from "./support/device-policy.ts";

const policy = "aws:iot/policy:Policy";

export const awsPolicyIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-bind-policy-to-thing",
    theme: "device-identity",
    description: "A device reaches its own topics only, and connects only under its own name",
    severity: "critical",
    types: [policy],
    controls: ["NIST SP 800-53 AC-3", "NIST SP 800-53 AC-6", "ETSI EN 303 645 5.5-5"],
    why: "With one wildcard a single stolen device reads and forges the whole fleet's messages.",
    fix: "name single actions, resources with ${iot:Connection.Thing.ThingName}, and for iot:Connect the condition Bool iot:Connection.Thing.IsAttached true",
    check: (view) =>
      everyDocument(
        view,
        { [policy]: "policy" },
        wrongForDevices,
        "single actions on resources with ${iot:Connection.Thing.ThingName}",
      ),
    example: {
      violation: 'Action: "iot:*", Resource: "*"',
      fixed: 'Action: "iot:Publish", Resource: "…:topic/devices/${iot:Connection.Thing.ThingName}/telemetry"',
    },
  },
];
