/** Topics deliver over TLS. */
import { all, holds, notLike } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isAbsent } from "../../../kit/value.ts";

export const awsSnsTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-sns-forbid-plain-subscription",
    description: "No topic delivers to a plain HTTP address",
    types: ["aws:sns/topicSubscription:TopicSubscription"],
    controls: ["sns_subscription_not_using_http_endpoints"],
    fix: 'set protocol to "https" and endpoint to an https:// address',
    check: all(
      holds(
        "protocol",
        (protocol) => typeof protocol === "string" && protocol !== "" && protocol.toLowerCase() !== "http",
        "any but http",
      ),
      notLike("endpoint", /^http:/i, "an https:// address"),
    ),
    example: { violation: 'protocol: "http"', fixed: 'protocol: "https"' },
  }),
  tlsRule({
    id: "aws-sns-forbid-old-signatures",
    description: "What a topic delivers is signed over SHA-256, where the program says how",
    severity: "low",
    types: ["aws:sns/topic:Topic"],
    controls: ["NIST SP 800-53 SC-13"],
    why: "Two notices of one SHA-1 hash can be made, so that a signature tells nothing of who sent one.",
    fix: "set signatureVersion to 2",
    concerns: (topic) => !isAbsent(topic.value("signatureVersion")),
    check: holds("signatureVersion", (version) => Number(version) === 2, "2"),
    example: { violation: "signatureVersion: 1", fixed: "signatureVersion: 2" },
  }),
];
