/** Buckets, queues and topics refuse plain transport. */
import { buckets, queues, topics } from "../../../kit/policed-store.ts";
import type { Rule } from "../../../kit/rule.ts";
import { plainDenial } from "./support/plain-denial.ts";

export const awsStorePoliciesTlsRules: readonly Rule[] = [
  plainDenial({
    service: "s3",
    store: buckets,
    what: "Every bucket",
    action: "s3:*",
    controls: ["S3.5"],
  }),
  plainDenial({
    service: "sqs",
    store: queues,
    what: "Every queue",
    action: "sqs:*",
    controls: ["NIST SP 800-53 SC-8(1)"],
  }),
  plainDenial({
    service: "sns",
    store: topics,
    what: "Every topic",
    action: "sns:Publish",
    controls: ["NIST SP 800-53 SC-8(1)"],
  }),
];
