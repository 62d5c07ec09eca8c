/** What an IoT topic rule writes to, also on error, is encrypted by its own rule. */
import { all } from "../../../../kit/requirements.ts";
import type { Rule } from "../../../../kit/rule.ts";
import { isNothing, isObject } from "../../../../kit/value.ts";
import { errorTarget, plurals, ruleTarget, ruleTargets } from "../support/rule-targets.ts";

const topicRule = "aws:iot/topicRule:TopicRule";
const controls = ["NIST SP 800-53 SC-28(1)"];
const why = "Data is as safe as the weakest place that a copy of it lies in.";

export const awsTargetsTopicRulesKeyRules: readonly Rule[] = [
  {
    id: "aws-iot-require-own-targets",
    theme: "cmk-at-rest",
    description: "A topic rule writes to stores of the stack only, whose encryption is judged",
    severity: "high",
    types: [topicRule],
    reads: Object.values(ruleTargets).flatMap(({ types }) => types),
    controls,
    why,
    fix: "name streams, queues, topics, tables, buckets and log groups of the stack",
    concerns: (rule) =>
      Object.keys(ruleTargets).some((kind) => !isNothing(rule.value(plurals[kind] ?? `${kind}s`))),
    check: ruleTarget,
    example: {
      violation: 'kineses: [{ streamName: "elsewhere" }]',
      fixed: "kineses: [{ streamName: stream.name }]",
    },
  },
  {
    id: "aws-iot-require-error-action",
    theme: "cmk-at-rest",
    description: "What a topic rule can't deliver goes to a store of the stack",
    severity: "high",
    types: [topicRule],
    reads: Object.values(ruleTargets).flatMap(({ types }) => types),
    controls: [...controls, "NIST SP 800-53 SI-11"],
    why: "Otherwise messages are lost, or lie where no rule looks.",
    fix: "set errorAction, for example sqs.queueUrl to the url of an aws.sqs.Queue of the stack",
    check: all(
      (rule) => [
        rule.test(
          "errorAction",
          (action) => isObject(action) && Object.keys(action).some((kind) => kind in ruleTargets),
          Object.keys(ruleTargets).join(", "),
        ),
      ],
      errorTarget,
    ),
    example: {
      violation: "no errorAction",
      fixed: "errorAction: { sqs: { queueUrl: deadLetter.url, roleArn, useBase64: false } }",
    },
  },
];
