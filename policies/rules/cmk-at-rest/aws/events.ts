/** EventBridge: buses, connections, pipes and schedules lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsEventsKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-events-require-customer-key",
    what: "An event bus, connection or pipe",
    types: [
      "aws:cloudwatch/eventBus:EventBus",
      "aws:cloudwatch/eventConnection:EventConnection",
      "aws:pipes/pipe:Pipe",
    ],
    property: "kmsKeyIdentifier",
    controls: [],
    platformDefault: "events and credentials lie under a key that AWS owns",
  }),
  awsKeyRule({
    id: "aws-scheduler-require-customer-key",
    what: "A schedule",
    types: ["aws:scheduler/schedule:Schedule"],
    property: "kmsKeyArn",
    controls: ["CKV_AWS_297"],
    platformDefault: "its input lies under a key that AWS owns",
  }),
];
