/** A Fieldlake lake keeps what it promises to keep, and no longer. */
import { everywhere } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isNothing } from "../../../kit/value.ts";
import { keepsRetention } from "./support/lake-keeping.ts";
import { lakeOf } from "./support/lake.ts";

const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const lakeType = "fieldlake:aws:EncryptedLake";

export const awsLakeRetentionProtectionRules: readonly Rule[] = [
  {
    id: "aws-lake-keep-retention",
    theme: "data-protection",
    description: "Each zone keeps its objects for as long as the lake promises",
    severity: "medium",
    types: [lifecycle],
    reads: [lakeType],
    controls: ["S3.13", "NIST SP 800-53 AU-11", "NIST SP 800-53 SI-12"],
    why: "Data that ends early is lost, data that never ends is a liability.",
    fix: "set fieldlake:zones; leave the lifecycle to EncryptedLake",
    concerns: (view, context) => lakeOf(view, context) !== null,
    check: keepsRetention,
    example: { violation: "expiration: { days: 1 }", fixed: "expiration: { days: 365 }" },
  },
  {
    id: "aws-s3-keep-versions-a-week",
    theme: "data-protection",
    description: "Where old versions end, they can be had back for a week",
    severity: "medium",
    types: [lifecycle],
    controls: ["S3.10", "NIST SP 800-53 CP-9"],
    why: "A mistake is seldom seen the same day.",
    fix: "set noncurrentVersionExpiration.noncurrentDays to 7 or more, or leave it out",
    concerns: (view) =>
      view.items("rules").some((rule) => !isNothing(rule.value("noncurrentVersionExpiration"))),
    check: everywhere("rules[].noncurrentVersionExpiration?.noncurrentDays", (place, path) =>
      place.atLeast(path, 7),
    ),
    example: { violation: "noncurrentDays: 1", fixed: "noncurrentDays: 30" },
  },
  {
    id: "aws-s3-keep-old-versions",
    theme: "data-protection",
    description: "Overwritten objects of the lake can be had back for a week, and end one day",
    severity: "medium",
    types: [lifecycle],
    reads: [lakeType],
    controls: ["S3.10", "NIST SP 800-53 CP-9"],
    why: "A mistake is seldom seen the same day.",
    fix: "set noncurrentVersionExpiration.noncurrentDays to 7 or more",
    concerns: (view, context) => lakeOf(view, context) !== null,
    check: everywhere("rules[].noncurrentVersionExpiration.noncurrentDays", (place, path) =>
      place.atLeast(path, 7),
    ),
    example: { violation: "noncurrentDays: 1", fixed: "noncurrentDays: 30" },
  },
];
