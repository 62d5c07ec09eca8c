/** CloudFront speaks new TLS, to viewers and to origins. */
import { all, holds, isOneOf, notTrue } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { tlsRule } from "../../../kit/tls-rule.ts";
import { hasTls, tlsVersions } from "../../../kit/tls-versions.ts";
import { isArray } from "../../../kit/value.ts";

const cloudfront = ["aws:cloudfront/distribution:Distribution"];

export const awsCloudfrontTlsRules: readonly Rule[] = [
  tlsRule({
    id: "aws-cloudfront-require-viewer-tls",
    description: "A distribution answers HTTPS, or sends to it, for every path",
    types: cloudfront,
    controls: ["CKV_AWS_34", "CloudFront.3", "AWS-0012"],
    fix: 'set viewerProtocolPolicy of defaultCacheBehavior and of every one of orderedCacheBehaviors to "redirect-to-https" or "https-only"',
    check: isOneOf(
      ["defaultCacheBehavior.viewerProtocolPolicy", "orderedCacheBehaviors[]?.viewerProtocolPolicy"],
      ["https-only", "redirect-to-https"],
    ),
    example: {
      violation: 'viewerProtocolPolicy: "allow-all"',
      fixed: 'viewerProtocolPolicy: "redirect-to-https"',
    },
  }),
  tlsRule({
    id: "aws-cloudfront-require-tls-version",
    description: "A distribution has a certificate of its own and answers under TLS 1.2 or later",
    types: cloudfront,
    controls: ["CKV_AWS_174", "CKV2_AWS_42", "CloudFront.7", "CloudFront.15", "AWS-0013"],
    fix: 'set viewerCertificate.acmCertificateArn and .minimumProtocolVersion "TLSv1.2_2021" or later',
    check: all(
      hasTls("viewerCertificate.minimumProtocolVersion", tlsVersions.cloudfront),
      notTrue("viewerCertificate.cloudfrontDefaultCertificate"),
    ),
    example: {
      violation: "viewerCertificate: { cloudfrontDefaultCertificate: true }",
      fixed: 'viewerCertificate: { acmCertificateArn, minimumProtocolVersion: "TLSv1.2_2021" }',
    },
  }),
  tlsRule({
    id: "aws-cloudfront-require-origin-tls",
    description: "A distribution reaches its origins by HTTPS under TLS 1.2 only",
    types: cloudfront,
    controls: ["CKV2_AWS_54", "CKV2_AWS_72", "CloudFront.9", "CloudFront.10"],
    fix: 'set originProtocolPolicy to "https-only" and originSslProtocols to ["TLSv1.2"] in customOriginConfig of every origin',
    check: all(
      isOneOf("origins[].customOriginConfig?.originProtocolPolicy", ["https-only"]),
      holds(
        "origins[].customOriginConfig?.originSslProtocols",
        (versions) => isArray(versions) && versions.length > 0 && versions.every((one) => one === "TLSv1.2"),
        '["TLSv1.2"]',
      ),
    ),
    example: {
      violation: 'originProtocolPolicy: "match-viewer"',
      fixed: 'originProtocolPolicy: "https-only"',
    },
  }),
];
