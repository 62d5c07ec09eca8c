import { Alias } from "@pulumi/aws/kms/alias.js";
import { Key as KmsKey } from "@pulumi/aws/kms/key.js";
import { interpolate, output, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { KeyOwnership } from "../contracts/encrypted-lake.ts";
import { physicalName } from "../shared/naming.ts";
import type { AwsPlace } from "./context.ts";
import { accountRoot, arn, bucketArn, iotLogGroup, nameRules } from "./names.ts";
import { policyDocument, type Statement } from "./policy-document.ts";

/** A customer-managed key, made here or brought along. */
export interface Key {
  readonly arn: Output<string>;
}

export interface KeyArgs {
  readonly place: AwsPlace;
  readonly ownership: KeyOwnership;
  /** Days between scheduling its deletion and its end. */
  readonly deletionDays: number;
  readonly opts: CustomResourceOptions;
}

/** A key that is one in several regions must be so from birth. */
interface NewKey extends KeyArgs {
  readonly purpose: string;
  readonly multiRegion?: boolean;
  readonly use: readonly Statement[];
}

/**
 * Who may look after a key and can't read a byte with it: no Encrypt, Decrypt, GenerateDataKey or CreateGrant.
 * The account's root must be able to change the policy, or KMS refuses it (lockout check).
 */
const administration = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListKeyRotations",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:ReplicateKey",
  "kms:RevokeGrant",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
];

const cryptography = [
  "kms:Decrypt",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
];

type Conditions = Readonly<
  Record<string, Readonly<Record<string, Input<string> | readonly Input<string>[]>>>
>;

/**
 * Principals of the account may use the key, where their own IAM policy says so too, only through these services and
 * for what the encryption context names.
 */
export function useThrough(
  place: AwsPlace,
  sid: string,
  services: readonly string[],
  context: Conditions = {},
): Statement {
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: { AWS: accountRoot(place) },
    Action: [...cryptography, "kms:ReEncryptFrom", "kms:ReEncryptTo"],
    Resource: "*",
    Condition: {
      ...context,
      StringEquals: {
        "kms:CallerAccount": place.accountId,
        "kms:ViaService": services.map((service) => `${service}.${place.region}.amazonaws.com`),
        ...context["StringEquals"],
      },
    },
  };
}

/** Services that keep using the key after the call that set them up, by a grant that only they hold. */
export function grantsFor(place: AwsPlace, services: readonly string[]): Statement {
  return {
    Sid: "GrantToServices",
    Effect: "Allow",
    Principal: { AWS: accountRoot(place) },
    Action: "kms:CreateGrant",
    Resource: "*",
    Condition: {
      Bool: { "kms:GrantIsForAWSResource": "true" },
      StringEquals: {
        "kms:CallerAccount": place.accountId,
        "kms:ViaService": services.map((service) => `${service}.${place.region}.amazonaws.com`),
      },
    },
  };
}

/** Everything that is not a zone of the lake. @param environment what the names of its log groups begin with */
export function operationsKey(environment: string, args: KeyArgs): Key {
  const { place } = args;
  const logGroups = [`${environment}-*`, iotLogGroup].map((group) =>
    arn(place, "logs", `log-group:${group}`),
  );
  return createKey(`${environment}-operations`, {
    ...args,
    purpose: "streams, queues, alarms, logs and function settings",
    use: [
      useThrough(place, "UseThroughServices", ["firehose", "kinesis", "lambda", "scheduler", "sns", "sqs"]),
      grantsFor(place, ["firehose", "lambda"]),
      {
        Sid: "Logs",
        Effect: "Allow",
        Principal: { Service: `logs.${place.region}.amazonaws.com` },
        Action: [...cryptography, "kms:DescribeKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
        Resource: "*",
        Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": logGroups } },
      },
      deliveredBy(place, "AlarmsToTopic", "cloudwatch", "alarm:*"),
      deliveredBy(place, "EventsToQueue", "events", "rule/*"),
    ],
  });
}

/** The fleet's registry, what its functions sign with, and who is trusted: apart from what moves telemetry. */
export function fleetKey(environment: string, args: KeyArgs): Key {
  const { place } = args;
  const stores = [bucketArn(place, `${environment}-*-trust-store-*`)];
  return createKey(`${environment}-registry`, {
    ...args,
    purpose: "the fleet's registry and its functions' secrets",
    use: [
      useThrough(place, "UseForRegistry", ["dynamodb"], {
        StringEquals: { "kms:EncryptionContext:aws:dynamodb:subscriberId": place.accountId },
      }),
      grantsFor(place, ["dynamodb"]),
      useThrough(place, "UseForSecrets", ["ssm"]),
      useThrough(place, "UseForTrustStore", ["s3"], {
        StringLike: { "kms:EncryptionContext:aws:s3:arn": stores },
      }),
    ],
  });
}

/** A service that writes to an encrypted queue or topic on its own behalf, for resources of this account alone. */
const deliveredBy = (place: AwsPlace, sid: string, service: string, resource: string): Statement => ({
  Sid: sid,
  Effect: "Allow",
  Principal: { Service: `${service}.amazonaws.com` },
  Action: ["kms:Decrypt", "kms:GenerateDataKey"],
  Resource: "*",
  Condition: {
    StringEquals: { "aws:SourceAccount": place.accountId },
    ArnLike: { "aws:SourceArn": arn(place, service, resource) },
  },
});

/** A zone's key: good for the objects of its buckets, and for nothing else but what `further` adds. */
export function zoneKey(
  name: string,
  args: KeyArgs & {
    buckets: readonly Input<string>[];
    multiRegion?: boolean;
    further?: readonly Statement[];
  },
): Key {
  const { place, buckets, further = [], ...rest } = args;
  // A bucket key's context is the bucket, an object's own is the object.
  const objects = buckets.flatMap((bucket) => [
    bucketArn(place, bucket),
    bucketArn(place, interpolate`${bucket}/*`),
  ]);
  const context = { StringLike: { "kms:EncryptionContext:aws:s3:arn": objects } };
  return createKey(name, {
    ...rest,
    place,
    purpose: `objects of ${name}`,
    use: [useThrough(place, "UseForObjects", ["s3"], context), ...further],
  });
}

function createKey(name: string, args: NewKey): Key {
  const { ownership, place, purpose, use, multiRegion = false, deletionDays, opts } = args;
  if (ownership.kind === "own") return { arn: output(ownership.reference) };
  const key = new KmsKey(
    `${name}-key`,
    {
      description: `Fieldlake: ${purpose}`,
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
      deletionWindowInDays: deletionDays,
      isEnabled: true,
      multiRegion,
      policy: policyDocument([administered(place), ...use]),
    },
    opts,
  );
  new Alias(
    `${name}-alias`,
    { name: `alias/fieldlake/${physicalName(nameRules.keyAlias, name)}`, targetKeyId: key.keyId },
    { ...opts, parent: key },
  );
  return { arn: key.arn };
}

export const administered = (place: AwsPlace): Statement => ({
  Sid: "Administration",
  Effect: "Allow",
  Principal: { AWS: accountRoot(place) },
  Action: administration,
  Resource: "*",
});
