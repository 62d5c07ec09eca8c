import type { RuleCases, Stack } from "../support/cases.ts";
import { notKnownYet, resource } from "../support/stack.ts";

interface Store {
  readonly type: string;
  readonly companion: string;
  readonly reference: string;
  readonly own: string;
  readonly resources: readonly string[];
  readonly action: string;
}
const arn = "arn:aws:s3:::data";
const stores = {
  s3: {
    type: "aws:s3/bucket:Bucket",
    companion: "aws:s3/bucketPolicy:BucketPolicy",
    reference: "bucket",
    own: "bucket",
    resources: [arn, `${arn}/*`],
    action: "s3:*",
  },
  sqs: {
    type: "aws:sqs/queue:Queue",
    companion: "aws:sqs/queuePolicy:QueuePolicy",
    reference: "queueUrl",
    own: "url",
    resources: ["arn:aws:sqs:eu-central-1:1:data"],
    action: "sqs:*",
  },
  sns: {
    type: "aws:sns/topic:Topic",
    companion: "aws:sns/topicPolicy:TopicPolicy",
    reference: "arn",
    own: "arn",
    resources: ["arn:aws:sns:eu-central-1:1:data"],
    action: "sns:Publish",
  },
} satisfies Record<string, Store>;

/** What the companion names the store by. */
const nameOf = ({ own, resources }: Store): string => (own === "arn" ? (resources[0] ?? "") : "data-1");
const with_ = (store: Store, policy: unknown): Stack => [
  resource(store.type, {}, { name: "store", outputs: { [store.own]: nameOf(store) } }),
  resource(store.companion, { [store.reference]: nameOf(store), policy }),
];
const text = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const denial = (store: Store, change: object = {}): object => ({
  Effect: "Deny",
  Principal: "*",
  Action: store.action,
  Resource: store.resources,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
  ...change,
});

/** Near misses that deny nothing, or not everything (notes on evasions, E06). */
const nearMisses = (store: Store): object[] => [
  denial(store, { Effect: "Allow" }),
  denial(store, { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
  denial(store, { Condition: { StringEquals: { "aws:SecureTransport": "false" } } }),
  denial(store, { Condition: { BoolIfExists: { "aws:SecureTransport": "false" } } }),
  denial(store, {
    Condition: { Bool: { "aws:SecureTransport": "false" }, StringEquals: { "aws:SourceVpc": "vpc-1" } },
  }),
  denial(store, { Principal: { AWS: "arn:aws:iam::1:role/reader" } }),
  denial(store, { Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::1:role/admin" } }),
  denial(store, { Action: [`${store.action.split(":")[0]}:GetObject`] }),
  denial(store, { Condition: undefined }),
];

const plain = (store: Store) => ({
  compliant: [
    with_(store, text(denial(store))),
    with_(store, JSON.parse(text(denial(store)))),
    with_(
      store,
      JSON.stringify({
        Statement: denial(store, {
          Principal: { AWS: ["*"] },
          Condition: { Bool: { "AWS:SecureTransport": [false] } },
        }),
      }),
    ),
    resource(store.type, { policy: text(denial(store)) }),
  ],
  violating: [
    ...nearMisses(store).map((statement) => with_(store, text(statement))),
    with_(store, "not json"),
    with_(store, "{}"),
  ],
  absent: [
    resource(store.type, {}),
    [
      resource(store.type, {}, { name: "store", outputs: { [store.own]: "data-1" } }),
      resource(store.companion, { [store.reference]: "another", policy: text(denial(store)) }),
    ],
  ],
  unknown: [
    with_(store, notKnownYet),
    [
      resource(store.type, {}),
      resource(store.companion, { [store.reference]: notKnownYet, policy: text(denial(store)) }),
    ],
  ],
});

const bucketWithout = (part: readonly string[]) =>
  with_(stores.s3, text(denial(stores.s3, { Resource: part })));
const oldTls = (change: object = {}) =>
  with_(
    stores.s3,
    text(denial(stores.s3, { Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } }, ...change })),
  );

export const awsStorePolicyCases: RuleCases = {
  "aws-s3-deny-plain-transport": {
    ...plain(stores.s3),
    violating: [
      ...plain(stores.s3).violating,
      bucketWithout([arn]),
      bucketWithout([`${arn}/*`]),
      // Two policies for one bucket: AWS keeps the last one.
      [
        resource("aws:s3/bucket:Bucket", {}, { name: "store", outputs: { bucket: "data-1" } }),
        resource(
          "aws:s3/bucketPolicy:BucketPolicy",
          { bucket: "data-1", policy: text(denial(stores.s3)) },
          { name: "one" },
        ),
        resource("aws:s3/bucketPolicy:BucketPolicy", { bucket: "data-1", policy: text() }, { name: "two" }),
      ],
    ],
  },
  "aws-sqs-deny-plain-transport": plain(stores.sqs),
  "aws-sns-deny-plain-transport": plain(stores.sns),
  "aws-s3-deny-old-tls": {
    compliant: [oldTls(), oldTls({ Condition: { NumericLessThan: { "s3:TlsVersion": 1.3 } } })],
    violating: [
      oldTls({ Condition: { NumericLessThan: { "s3:TlsVersion": "1.1" } } }),
      oldTls({ Condition: { NumericGreaterThan: { "s3:TlsVersion": "1.2" } } }),
      oldTls({ Effect: "Allow" }),
    ],
    absent: [resource("aws:s3/bucket:Bucket", {}), with_(stores.s3, text(denial(stores.s3)))],
    unknown: [with_(stores.s3, notKnownYet)],
  },
};
