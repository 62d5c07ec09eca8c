import type { input } from "@pulumi/aws/types/index.js";

type Rule = input.s3.BucketLifecycleConfigurationRule;
type Transition = input.s3.BucketLifecycleConfigurationRuleTransition;

/** Days that a version stays after it was replaced or deleted. */
const noncurrentDays = 30;
/** Days after which the parts of an upload that nobody finished are removed. */
const abandonedUploadDays = 7;

/** Raw data is read when it is replayed, ever less likely: each step is paid back within its minimum stay. */
const rawTiers: readonly Transition[] = [
  { days: 30, storageClass: "STANDARD_IA" },
  { days: 90, storageClass: "GLACIER_IR" },
  { days: 365, storageClass: "DEEP_ARCHIVE" },
];

/** Curated data is read by anybody's query: S3 watches and moves it. */
const curatedTiers: readonly Transition[] = [{ days: 0, storageClass: "INTELLIGENT_TIERING" }];

const tiers = { raw: rawTiers, curated: curatedTiers, none: [] } as const;

/** @param retentionDays 0 keeps for ever */
export function lifecycle(tier: keyof typeof tiers, retentionDays: number): Rule[] {
  const transitions = tiers[tier].filter(({ days }) => retentionDays === 0 || Number(days) < retentionDays);
  return [
    {
      id: "retention",
      status: "Enabled",
      filter: { prefix: "" },
      ...(transitions.length > 0 ? { transitions: [...transitions] } : {}),
      ...(retentionDays > 0 ? { expiration: { days: retentionDays } } : {}),
      noncurrentVersionExpiration: { noncurrentDays },
      abortIncompleteMultipartUpload: { daysAfterInitiation: abandonedUploadDays },
    },
  ];
}
