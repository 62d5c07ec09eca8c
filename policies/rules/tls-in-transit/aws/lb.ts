/** Load balancers speak TLS, to clients and to targets. */
import { all, either, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { hasTlsLike } from "../../../kit/tls-versions.ts";

/** 2016-08 and the like still offer TLS 1.0. */
const loadBalancerTls = { "1.2": /^ELBSecurityPolicy-TLS13-1-[23]-/, "1.3": /^ELBSecurityPolicy-TLS13-1-3-/ };
const encryptedProtocols = ["HTTPS", "TLS"];

export const awsLbTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-lb-require-tls",
    description: "A load balancer listens under TLS 1.2 or later, or only sends to HTTPS",
    types: ["aws:lb/listener:Listener"],
    controls: [
      "CKV_AWS_2",
      "CKV_AWS_103",
      "CKV2_AWS_20",
      "CKV2_AWS_74",
      "ELB.1",
      "ELB.17",
      "ELB.18",
      "AWS-0047",
    ],
    fix: 'set protocol to "HTTPS" or "TLS" (MQTT: port 8883) with sslPolicy "ELBSecurityPolicy-TLS13-1-2-Res-2021-06" or later, or let the only action of port 80 redirect to HTTPS',
    check: either(
      all(
        isOneOf("protocol", encryptedProtocols),
        hasTlsLike("sslPolicy", loadBalancerTls, "ELBSecurityPolicy-TLS13-1-2-… or later"),
      ),
      all(
        isOneOf("protocol", ["HTTP"]),
        isOneOf("defaultActions[].type", ["redirect"]),
        isOneOf("defaultActions[].redirect.protocol", ["HTTPS"]),
      ),
    ),
    example: {
      violation: 'protocol: "TCP", port: 1883',
      fixed: 'protocol: "TLS", port: 8883, sslPolicy, certificateArn',
    },
  }),
  tlsRule({
    id: "aws-lb-require-tls-to-targets",
    description: "A load balancer reaches its targets under TLS",
    severity: "medium",
    types: ["aws:lb/targetGroup:TargetGroup"],
    controls: ["CKV_AWS_378", "NIST SP 800-53 SC-8(1)"],
    fix: 'set protocol to "HTTPS" or "TLS"',
    concerns: (group) => !["lambda", "alb"].includes(String(group.value("targetType"))),
    check: isOneOf("protocol", encryptedProtocols),
    example: { violation: 'protocol: "HTTP"', fixed: 'protocol: "HTTPS"' },
  }),
];
