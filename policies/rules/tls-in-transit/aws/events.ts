/** EventBridge delivers over TLS. */
import { isHttps } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";

export const awsEventsTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-events-require-tls-to-destinations",
    description: "Events are sent to HTTPS addresses only",
    types: ["aws:cloudwatch/eventApiDestination:EventApiDestination"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "set invocationEndpoint to an https:// address",
    check: isHttps("invocationEndpoint"),
    example: { violation: 'invocationEndpoint: "http://sink"', fixed: 'invocationEndpoint: "https://sink"' },
  }),
];
