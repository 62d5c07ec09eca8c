/** Cases of AWS rules that hold of everybody's resources: named actions, ownership, logs. */
import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Written } from "../support/stack.ts";

const queuePolicy = (statement: object): Written =>
  resource("aws:sqs/queuePolicy:QueuePolicy", {
    queueUrl: "q",
    policy: JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] }),
  });
const key = (statement: object): Written =>
  resource("aws:kms/key:Key", { policy: { Statement: [{ Effect: "Allow", Resource: "*", ...statement }] } });
const service = { Service: "sns.amazonaws.com" };
const account = { AWS: "arn:aws:iam::123456789012:root" };
const role = { AWS: "arn:aws:iam::123456789012:role/admin" };
const ownership = (objectOwnership: unknown): Written =>
  resource("aws:s3/bucketOwnershipControls:BucketOwnershipControls", {
    bucket: "b",
    rule: { objectOwnership },
  });
const logs = (retentionInDays?: unknown): Written =>
  resource("aws:cloudwatch/logGroup:LogGroup", retentionInDays === undefined ? {} : { retentionInDays });

const notebook = (inputs: object): Written =>
  resource("aws:sagemaker/notebookInstance:NotebookInstance", inputs);

export const awsStrangersCases: RuleCases = {
  "aws-policy-name-actions": {
    compliant: [
      queuePolicy({ Principal: service, Action: "sqs:SendMessage" }),
      queuePolicy({ Principal: account, Action: "sqs:*" }),
      key({ Principal: account, Action: "kms:*" }),
      key({ Principal: role, Action: "kms:*" }),
    ],
    violating: [
      queuePolicy({ Principal: service, Action: "sqs:*" }),
      queuePolicy({ Principal: service, Action: ["sqs:SendMessage", "*"] }),
      queuePolicy({ Principal: role, NotAction: "sqs:DeleteQueue" }),
      queuePolicy({ Principal: role, Action: "sqs:SendMessage", NotResource: "arn:aws:sqs:x" }),
      key({ Principal: service, Action: "kms:*" }),
    ],
    absent: "is right",
    unknown: [queuePolicy({ Principal: service, Action: notKnownYet })],
  },
  "aws-s3-keep-owner": {
    compliant: [ownership("BucketOwnerEnforced")],
    violating: [ownership("ObjectWriter"), ownership("BucketOwnerPreferred")],
    absent: [ownership(undefined)],
    unknown: [ownership(notKnownYet)],
  },
  "aws-sagemaker-close-notebooks": {
    compliant: [notebook({ directInternetAccess: "Disabled", rootAccess: "Disabled" })],
    violating: [
      notebook({ directInternetAccess: "Enabled", rootAccess: "Disabled" }),
      notebook({ directInternetAccess: "Disabled", rootAccess: "Enabled" }),
    ],
    absent: [notebook({})],
    unknown: [notebook({ directInternetAccess: notKnownYet, rootAccess: "Disabled" })],
  },
  "aws-logs-keep-a-week": {
    compliant: [logs(), logs(0), logs(7), logs(365)],
    violating: [logs(1), logs(5)],
    absent: "is right",
    unknown: [logs(notKnownYet)],
  },
};
