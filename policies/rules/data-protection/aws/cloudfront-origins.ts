/** What a distribution shows from a bucket, it asks for as itself. */
import { either, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isAbsent } from "../../../kit/value.ts";
import type { View } from "../../../kit/view.ts";

/** Every other kind of origin has a structure of its own. */
const isBucket = (origin: View): boolean =>
  isAbsent(origin.value("customOriginConfig")) && isAbsent(origin.value("vpcOriginConfig"));
const bucketsOf = (distribution: View): readonly View[] => distribution.items("origins").filter(isBucket);
const signs = either(present("originAccessControlId"), present("s3OriginConfig.originAccessIdentity"));

export const awsCloudfrontOriginsProtectionRules: readonly Rule[] = [
  {
    id: "aws-cloudfront-require-origin-access",
    theme: "data-protection",
    description: "A distribution signs what it asks of a bucket, so that the bucket lets in nobody else",
    severity: "medium",
    types: ["aws:cloudfront/distribution:Distribution"],
    controls: ["CloudFront.13", "NIST SP 800-53 AC-3"],
    why: "A bucket that takes unsigned requests is open to everybody, past the distribution's certificates and logs.",
    fix: "set originAccessControlId of every origin that is a bucket to the id of an aws.cloudfront.OriginAccessControl",
    concerns: (distribution) => bucketsOf(distribution).length > 0,
    check: (distribution, context) => bucketsOf(distribution).flatMap((origin) => signs(origin, context)),
    example: {
      violation: "origins: [{ originId, domainName: bucket.bucketRegionalDomainName }]",
      fixed: "origins: [{ originId, domainName, originAccessControlId: control.id }]",
    },
  },
];
