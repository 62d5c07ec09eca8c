/** Stores that still answer plain HTTP unless their own policy denies it. */
import type { Context } from "../../../kit/context.ts";
import { isPlainDenial, isOldTlsDenial } from "../../../kit/transport-denial.ts";
import type { Rule } from "../../../kit/rule.ts";
import { statementsOf, type Statement } from "../../../kit/statements.ts";
import { fail, pass, undetermined, type Check } from "../../../kit/verdict.ts";
import type { View } from "../../../kit/view.ts";
import { bucketType } from "../../cmk-at-rest/aws/s3.ts";

interface PolicedStore {
  readonly type: string;
  readonly companion: string;
  /** Property of the companion that names the store. */
  readonly reference: string;
  /** Property of the store itself that may hold the document. */
  readonly inline: string;
}

const buckets: PolicedStore = {
  type: bucketType,
  companion: "aws:s3/bucketPolicy:BucketPolicy",
  reference: "bucket",
  inline: "policy",
};
const queues: PolicedStore = {
  type: "aws:sqs/queue:Queue",
  companion: "aws:sqs/queuePolicy:QueuePolicy",
  reference: "queueUrl",
  inline: "policy",
};
const topics: PolicedStore = {
  type: "aws:sns/topic:Topic",
  companion: "aws:sns/topicPolicy:TopicPolicy",
  reference: "arn",
  inline: "policy",
};

/** Exactly one document must hold a statement of the wanted shape: AWS keeps the last of two policies. */
function deniedBy(
  store: PolicedStore,
  view: View,
  context: Context,
  isWanted: (statement: Statement) => boolean,
  wanted: string,
): readonly Check[] {
  const { found, isOpen } = context.graph.referring(view.resource, [store.companion], store.reference);
  const sources =
    found.length > 0
      ? found.map((companion) => context.view(companion).document("policy"))
      : view.value(store.inline) === undefined
        ? []
        : [view.document(store.inline)];
  const property = found.length > 0 ? `${found[0]?.name ?? ""}.policy` : store.inline;
  if (found.length > 1)
    return [
      fail(
        property,
        `one of ${found.length} policies of the same resource, of which AWS keeps one`,
        "one policy",
      ),
    ];
  const [source] = sources;
  if (source === undefined) return [isOpen ? undetermined(property) : fail(property, "absent", wanted)];
  if (source.check.outcome !== "pass") return [{ ...source.check, property }];
  const statements = statementsOf(source.value);
  if (statements === null) return [fail(property, "no policy document", wanted)];
  if (statements.some(isWanted)) return [pass(property, wanted)];
  return [
    statements.some(({ isOpen: open }) => open)
      ? undetermined(property)
      : fail(property, "a policy without it", wanted),
  ];
}

const plainControls = {
  s3: ["S3.5", "CKV_AWS_379"],
  sqs: ["NIST SP 800-53 SC-8(1)"],
  sns: ["NIST SP 800-53 SC-8(1)"],
};

function plainRule(service: "s3" | "sqs" | "sns", store: PolicedStore, what: string, action: string): Rule {
  return {
    id: `aws-${service}-deny-plain-transport`,
    theme: "tls-in-transit",
    description: `${what} refuses every request that does not come over TLS`,
    severity: "high",
    types: [store.type],
    reads: [store.companion],
    controls: [...plainControls[service], "NIST SP 800-53 SC-8", "ETSI EN 303 645 5.5-1"],
    why: "The service answers plain HTTP where its policy does not forbid it.",
    fix: `add a statement to its policy: Effect "Deny", Principal "*", Action "${action}", on the resource and all in it, with the only condition Bool aws:SecureTransport "false"`,
    check: (view, context) =>
      deniedBy(
        store,
        view,
        context,
        (statement) => isPlainDenial(statement, action),
        "a Deny of aws:SecureTransport false for everybody",
      ),
    example: {
      violation: 'Condition: { StringEquals: { "aws:SecureTransport": "true" } }',
      fixed: 'Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } }',
    },
  };
}

export const awsStorePolicyRules: readonly Rule[] = [
  plainRule("s3", buckets, "Every bucket", "s3:*"),
  plainRule("sqs", queues, "Every queue", "sqs:*"),
  plainRule("sns", topics, "Every topic", "sns:Publish"),
  {
    id: "aws-s3-deny-old-tls",
    theme: "tls-in-transit",
    description: "Every bucket refuses TLS below the lowest version allowed",
    severity: "low",
    types: [bucketType],
    reads: [buckets.companion],
    controls: ["NIST SP 800-52", "NIST SP 800-53 SC-8"],
    why: "Belt and braces: the service's public endpoints refuse TLS 1.0 and 1.1 today, private ones may not.",
    fix: 'add a statement to its policy: Effect "Deny", Principal "*", Action "s3:*", with the only condition NumericLessThan s3:TlsVersion "1.2"',
    check: (view, context) =>
      deniedBy(
        buckets,
        view,
        context,
        (statement) => isOldTlsDenial(statement, "s3:*", context.settings.minimumTlsVersion),
        "a Deny of s3:TlsVersion below the floor for everybody",
      ),
    example: {
      violation: "no such statement",
      fixed: 'Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } }',
    },
  },
];
