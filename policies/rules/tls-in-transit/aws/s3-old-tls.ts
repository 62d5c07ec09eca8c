/** Buckets refuse old TLS. */
import { buckets, deniedBy } from "../../../kit/policed-store.ts";
import type { Rule } from "../../../kit/rule.ts";
import { isOldTlsDenial } from "../../../kit/transport-denial.ts";

export const awsS3OldTlsTlsRules: readonly Rule[] = [
  {
    id: "aws-s3-deny-old-tls",
    theme: "tls-in-transit",
    description: "Every bucket refuses TLS below the lowest version allowed",
    severity: "low",
    types: [buckets.type],
    reads: [buckets.companion],
    controls: ["NIST SP 800-52", "NIST SP 800-53 SC-8"],
    why: "Belt and braces: the service's public endpoints refuse TLS 1.0 and 1.1 today, private ones may not.",
    fix: 'add a statement to its policy: Effect "Deny", Principal "*", Action "s3:*", with the only condition NumericLessThan s3:TlsVersion "1.2"',
    check: (view, context) => {
      const floor = context.settings.minimumTlsVersion;
      const wanted = "a Deny of s3:TlsVersion below the floor for everybody";
      return deniedBy(
        buckets,
        view,
        context,
        "s3:*",
        (one, denied) => isOldTlsDenial(one, denied, floor),
        wanted,
      );
    },
    example: {
      violation: "no such statement",
      fixed: 'Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } }',
    },
  },
];
