/** CloudTrail: trails and event stores lie under the customer's key. */
import { awsKeyRule } from "../../../kit/key-rule.ts";
import type { Rule } from "../../../kit/rule.ts";

export const awsCloudtrailKeyRules: readonly Rule[] = [
  awsKeyRule({
    id: "aws-cloudtrail-require-customer-key",
    what: "A trail or event data store",
    types: ["aws:cloudtrail/trail:Trail", "aws:cloudtrail/eventDataStore:EventDataStore"],
    property: "kmsKeyId",
    controls: ["CKV_AWS_35", "CKV_AWS_294", "CloudTrail.2", "AWS-0015"],
    platformDefault: "the record of who did what lies under S3's own key",
  }),
];
