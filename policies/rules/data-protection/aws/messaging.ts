/** Messages of Fieldlake are kept and signed. */
import { isAtLeast, isLike, isOneOf } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOurs } from "../../support/ours.ts";

const longestDeadLetter = 1_209_600;

export const awsMessagingProtectionRules: readonly Rule[] = [
  {
    id: "aws-sqs-keep-dead-letters",
    theme: "data-protection",
    description: "Queues of Fieldlake, dead letters before all, are kept as long as the service can",
    severity: "low",
    types: ["aws:sqs/queue:Queue"],
    controls: ["NIST SP 800-53 SI-12"],
    why: "A message that could not be processed, or waits for its turn, is lost after that.",
    fix: `set messageRetentionSeconds to ${longestDeadLetter}`,
    concerns: isOurs,
    check: isAtLeast("messageRetentionSeconds", longestDeadLetter),
    example: {
      violation: "messageRetentionSeconds: 60",
      fixed: `messageRetentionSeconds: ${longestDeadLetter}`,
    },
  },
  {
    id: "aws-sqs-require-dead-letters",
    theme: "data-protection",
    description: "A queue of Fieldlake that work waits in has another for what fails again and again",
    severity: "low",
    types: ["aws:sqs/queue:Queue"],
    controls: ["NIST SP 800-53 SI-11"],
    why: "Without it a message that can't be processed comes back until it is lost, and nobody hears of it.",
    fix: "set redrivePolicy to a queue and a count",
    concerns: (view, context) => isOurs(view, context) && !/dead-letter/.test(view.resource.name),
    check: isLike(
      "redrivePolicy",
      /"deadLetterTargetArn":\s*".+/,
      "a deadLetterTargetArn and a maxReceiveCount",
    ),
    example: {
      violation: "visibilityTimeoutSeconds: 3_600",
      fixed: "redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: failed.arn, maxReceiveCount: 3 })",
    },
  },
  {
    id: "aws-sns-require-signature-v2",
    theme: "data-protection",
    description: "Topics of Fieldlake sign messages with SHA-256",
    severity: "low",
    types: ["aws:sns/topic:Topic"],
    controls: ["NIST SP 800-53 SC-13"],
    why: "Version 1 signs with SHA-1, which can be forged.",
    fix: "set signatureVersion to 2",
    concerns: isOurs,
    check: isOneOf("signatureVersion", [2]),
    example: { violation: "signatureVersion: 1", fixed: "signatureVersion: 2" },
  },
];
