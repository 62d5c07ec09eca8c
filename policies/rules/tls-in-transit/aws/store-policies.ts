/** Stores that still answer plain HTTP unless their own policy denies it. */
import { buckets, deniedBy, queues, topics, type PolicedStore } from "../../../kit/policed-store.ts";
import { isOldTlsDenial, isPlainDenial } from "../../../kit/transport-denial.ts";
import type { Rule } from "../../../kit/rule.ts";

interface PlainDenial {
  readonly service: string;
  readonly store: PolicedStore;
  readonly what: string;
  readonly action: string;
  readonly controls: readonly string[];
}

function plainDenial({ service, store, what, action, controls }: PlainDenial): Rule {
  return {
    id: `aws-${service}-deny-plain-transport`,
    theme: "tls-in-transit",
    description: `${what} refuses every request that does not come over TLS`,
    severity: "high",
    types: [store.type],
    reads: [store.companion],
    controls: [...controls, "NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "The service answers plain HTTP where its policy does not forbid it.",
    fix: `add a statement to its policy: Effect "Deny", Principal "*", Action "${action}", on the resource and all in it, with the only condition Bool aws:SecureTransport "false"`,
    check: (view, context) =>
      deniedBy(
        store,
        view,
        context,
        action,
        isPlainDenial,
        "a Deny of aws:SecureTransport false for everybody",
      ),
    example: {
      violation: 'Condition: { StringEquals: { "aws:SecureTransport": "true" } }',
      fixed: 'Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } }',
    },
  };
}

export const awsStorePolicyRules: readonly Rule[] = [
  plainDenial({
    service: "s3",
    store: buckets,
    what: "Every bucket",
    action: "s3:*",
    controls: ["S3.5", "CKV_AWS_379"],
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
