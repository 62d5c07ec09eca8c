/** Rules do not speak in every device's name. */
import { notLike } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isArray } from "../../../kit/value.ts";

export const awsRepublishIdentityRules: readonly Rule[] = [
  {
    id: "aws-iot-forbid-wide-republish",
    theme: "device-identity",
    description: "No topic rule republishes to every topic",
    severity: "high",
    types: ["aws:iot/topicRule:TopicRule"],
    controls: ["NIST SP 800-53 AC-3"],
    why: "A device that chooses the topic speaks in the name of others.",
    fix: "name the topic in republishes[].topic",
    concerns: (rule) => isArray(rule.value("republishes")),
    check: notLike("republishes[]?.topic", /^[#+]|\/#$|^\$\{topic\(\)\}$/, "a topic by name"),
    example: { violation: 'topic: "${topic()}"', fixed: 'topic: "alarms/by-rule"' },
  },
];
