/** Kafka clusters are not public. */
import { holds } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";

export const awsMskProtectionRules: readonly Rule[] = [
  {
    id: "aws-msk-forbid-public-access",
    theme: "data-protection",
    description: "No Kafka cluster has addresses on the internet",
    severity: "critical",
    types: ["aws:msk/cluster:Cluster"],
    controls: ["MSK.4", "NIST SP 800-53 SC-7"],
    why: "Everybody may try credentials and flaws on it.",
    fix: 'leave brokerNodeGroupInfo.connectivityInfo.publicAccess out, or set its type to "DISABLED"',
    check: holds(
      "brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
      (one) => isAbsent(one) || one === "DISABLED",
      "DISABLED, absent",
    ),
    example: {
      violation: 'publicAccess: { type: "SERVICE_PROVIDED_EIPS" }',
      fixed: 'publicAccess: { type: "DISABLED" }',
    },
  },
];
