/** Topics deliver over TLS. */
import { all, holds, notLike } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

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
];
