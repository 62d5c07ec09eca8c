/** Firehose delivers over TLS. */
import { isHttps } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { isAbsent } from "../../../kit/value.ts";

export const awsFirehoseTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-firehose-require-tls-to-endpoints",
    description: "A Firehose stream sends to HTTPS endpoints only",
    types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
    controls: ["NIST SP 800-53 SC-8(1)"],
    fix: "set httpEndpointConfiguration.url to an https:// address",
    concerns: (view) => !isAbsent(view.value("httpEndpointConfiguration")),
    check: isHttps("httpEndpointConfiguration.url"),
    example: { violation: 'url: "http://sink"', fixed: 'url: "https://sink"' },
  }),
];
