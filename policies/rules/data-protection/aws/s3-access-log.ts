/** Who reads a bucket is written down. */
import type { Context } from "../../../kit/context.ts";
import { hasCompanion } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import type { View } from "../../../kit/view.ts";

const bucket = "aws:s3/bucket:Bucket";
const logging = "aws:s3/bucketLogging:BucketLogging";
const isLogTarget = (view: View, { graph }: Context): boolean =>
  graph.referring(view.resource, [logging], "targetBucket").found.length > 0;

export const awsS3AccessLogProtectionRules: readonly Rule[] = [
  {
    id: "aws-s3-require-access-log",
    theme: "data-protection",
    description: "Who reads and writes buckets of Fieldlake is logged",
    severity: "low",
    types: [bucket],
    reads: [logging],
    controls: ["CKV_AWS_18", "S3.9", "AWS-0089", "NIST SP 800-53 AU-2"],
    why: "A leak that leaves no trace can't be told from none.",
    fix: "add an aws.s3.BucketLogging",
    concerns: (view, context) =>
      context.isOurs(view.resource) && !isLogTarget(view, context) && !/access-log/.test(view.resource.name),
    check: hasCompanion([logging], "bucket", "an aws.s3.BucketLogging", (one) => [
      one.present("targetBucket"),
    ]),
    example: {
      violation: "a Bucket alone",
      fixed: "new aws.s3.BucketLogging(name, { bucket, targetBucket: logs.id, targetPrefix })",
    },
  },
];
