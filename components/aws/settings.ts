/**
 * `fieldlake:aws`: what only AWS has. Account, region, profile, assumed roles, endpoints and default tags are the
 * provider's own configuration (`aws:region`, `aws:profile`, …; https://www.pulumi.com/registry/packages/aws/installation-configuration).
 */
import { z } from "zod";
import type { KeyOwnership } from "../contracts/encrypted-lake.ts";
import { claimFaults, claimSettings } from "./claim-settings.ts";
import { isRegion, regions } from "./regions.ts";

const whole = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum);

/** CloudWatch Logs keeps a group for one of these; days. */
const logRetentions = [
  30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * Executions that the fleet's functions take of the account's. `admission`: IoT Core lets 500 devices a second connect, each
 * asked about for some 50 ms, twice over.
 */
export const enrolmentConcurrency = { enrol: 5, admission: 50, claimSigner: 5, claimHook: 5 } as const;

/** A run of declared insights at a time. */
export const declaredConcurrency = 1;

/** Two runs of the compaction would merge the same files. */
export const compactionConcurrency = 1;

/** A report at a time. */
export const reportConcurrency = 1;

/** Questions of programs at a time; further ones wait at the gateway, and are then refused. */
export const apiConcurrency = 5;

/** Turns of scoring at a time: each takes a batch of files. */
export const scoringConcurrency = 5;

export const awsSettings = z
  .strictObject({
    /** A second region that gets a copy of the raw zone, under a key of its own. Default: none. */
    replicaRegion: z.string().optional(),
    /** Days between scheduling a key's deletion and its end, 14 to 30. Default 30. */
    keyDeletionDays: whole(14, 30).default(30),
    /** How long nobody may overwrite or delete what is in the raw zone (S3 Object Lock). */
    writeOnce: z
      .strictObject({
        /** Default 30. */
        days: whole(1, 36_500).default(30),
        /**
         * `compliance` binds the account's root user too and can't be shortened. S3 takes it from the first moment, and it
         * holds for each version that is written while it is set. Default `governance`.
         */
        mode: z.enum(["governance", "compliance"]).default("governance"),
      })
      .prefault({}),
    /** Kinesis of the `throughput` profile: `on-demand`, or a number of shards. No default: it is what idle costs. */
    shards: z.union([z.literal("on-demand"), whole(1, 10_000)]).optional(),
    /** Hours that Kinesis keeps records for replay, 24 to 8760. Default 24. */
    streamRetentionHours: whole(24, 8_760).default(24),
    /** Seconds that Firehose gathers rows for one file, 60 to 900. Default 300. */
    bufferSeconds: whole(60, 900).default(300),
    /** Devices may also publish telemetry below `$aws/rules/<rule>/`, which the broker does not charge. Default false. */
    basicIngest: z.boolean().default(false),
    /** A domain of your own for devices; its certificate is in ACM of the same region. Default: a domain that AWS manages. */
    domain: z.strictObject({ name: z.string().min(4), certificateArn: z.string().min(1) }).optional(),
    /**
     * Devices fetch certificates by EST from a function, and the fleet's registry is in DynamoDB. What a registry on a machine
     * knows is brought there by `fieldlake fleet copy`. Default: none.
     */
    enrolment: z
      .strictObject({
        /** For renewal by mutual TLS; its certificate is in ACM of the same region. Default: devices renew by a new token. */
        domain: z.strictObject({ name: z.string().min(4), certificateArn: z.string().min(1) }).optional(),
        /** ARNs of KMS keys of intermediates that take over by a rollover: the function may sign with them. Default none. */
        signingKeys: z.array(z.string().min(1)).max(8).default([]),
        /** IoT Core asks the registry at each connect; takes a domain of your own for devices. Default false. */
        checkOnConnect: z.boolean().default(false),
        /** First certificates over MQTT for devices that share a claim certificate. Default: none. */
        claim: claimSettings.optional(),
      })
      .optional(),
    /** `iceberg` also keeps the readings in S3 Tables, filled from the Parquet files by Athena. Default `parquet`. */
    tableFormat: z.enum(["parquet", "iceberg"]).default("parquet"),
    /**
     * The HTTP API that programs ask with a token (docs/asking.md), or none. It costs nothing while nobody asks. Default `tokens`.
     */
    api: z.enum(["tokens", "none"]).default("tokens"),
    /** Who decides about reading tables: IAM alone, or Lake Formation in hybrid mode. Default `iam`. */
    governance: z.enum(["iam", "lake-formation"]).default("iam"),
    /** Encrypt the account's Glue catalogue of this region under the curated zone's key. Account-wide; default false. */
    catalogKey: z.boolean().default(false),
    /**
     * Whether this stack owns what an account has once a region: IoT logging and the fleet index. Default true;
     * false in every further stack of the same account and region.
     */
    accountSettings: z.boolean().default(true),
    /** Most that one query may scan, gigabytes. Default 100. */
    scanLimitGigabytes: whole(1, 1_000_000).default(100),
    /** Days that logs are kept. Default 365. */
    logRetentionDays: z
      .number()
      .refine((days) => logRetentions.includes(days), `allowed: ${logRetentions.join(", ")}`)
      .default(365),
    /** Who gets alarms by mail, besides subscribers that you add to the topic. */
    alarmEmails: z.array(z.email("allowed: mail addresses")).max(20).default([]),
    /** Days that a device's or metric's latest value stays after it was last renewed. Default 400. */
    latestStateDays: whole(1, 36_500).default(400),
    /** Minutes without a message after which a device counts as silent. Default 60. */
    silentMinutes: whole(1, 525_600).default(60),
    /** Minutes between two runs of the insight function. Default 15. */
    insightMinutes: whole(1, 1_440).default(15),
  })
  .prefault({});
export type AwsSettings = z.output<typeof awsSettings>;

/** The parts of a configuration that {@link awsFaults} relates. */
export interface AwsRelated {
  readonly zones: { readonly raw: { readonly retentionDays: number } };
  readonly key: KeyOwnership;
  readonly stream: { readonly profile: "frugal" | "throughput" };
  readonly aws: AwsSettings;
}

const keyArn = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$/;
const certificateArn = /^arn:aws[a-z-]*:acm:([a-z0-9-]+):[0-9]{12}:certificate\/[0-9a-f-]{36}$/;

/** What holds between keys of the aws target. @param region of the provider, `aws:region` */
export function awsFaults(config: AwsRelated, region: string | undefined): string[] {
  return [
    ...regionFaults(config, region),
    ...keyFaults(config, region),
    ...retentionFaults(config),
    ...streamFaults(config),
    ...domainFaults("domain", config.aws.domain, region),
    ...enrolmentFaults(config, region),
  ];
}

function regionFaults({ aws: { replicaRegion } }: AwsRelated, region: string | undefined): string[] {
  const unknown = (key: string, value: string | undefined): string =>
    `${key}: received ${value === undefined ? "nothing" : `"${value}"`}; allowed: ${regions.join(", ")}`;
  return [
    ...(region !== undefined && isRegion(region) ? [] : [unknown("aws:region", region)]),
    ...(replicaRegion === undefined || isRegion(replicaRegion)
      ? []
      : [unknown("fieldlake:aws.replicaRegion", replicaRegion)]),
    ...(replicaRegion !== undefined && replicaRegion === region
      ? [
          `fieldlake:aws.replicaRegion: received "${replicaRegion}"; allowed: another region than aws:region, which is the same`,
        ]
      : []),
  ];
}

function keyFaults({ key, aws }: AwsRelated, region: string | undefined): string[] {
  if (key.kind !== "own") return [];
  const parsed = keyArn.exec(key.reference);
  const where = `fieldlake:key.reference: received "${key.reference}"; allowed:`;
  if (!parsed) {
    return [
      `${where} the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or a key id`,
    ];
  }
  const [, keyRegion, id] = parsed;
  return [
    ...(keyRegion === region
      ? []
      : [`${where} a key in aws:region (${region}), this one is in ${keyRegion}`]),
    ...(aws.replicaRegion !== undefined && !id?.startsWith("mrk-")
      ? [
          `${where} a multi-region key (mrk-…) because fieldlake:aws.replicaRegion is set; a key can't become one later`,
        ]
      : []),
  ];
}

function retentionFaults({ zones, aws: { writeOnce } }: AwsRelated): string[] {
  const { retentionDays } = zones.raw;
  return retentionDays > 0 && retentionDays < writeOnce.days
    ? [
        `fieldlake:zones.raw.retentionDays: received ${retentionDays}; allowed: 0 (for ever) or at least fieldlake:aws.writeOnce.days (${writeOnce.days})`,
      ]
    : [];
}

function streamFaults({ stream, aws: { shards } }: AwsRelated): string[] {
  const throughput = stream.profile === "throughput";
  return [
    ...(throughput && shards === undefined
      ? [
          'fieldlake:aws.shards: received nothing; allowed with fieldlake:stream.profile throughput: "on-demand", or a number of shards',
        ]
      : []),
    ...(!throughput && shards !== undefined
      ? [
          `fieldlake:aws.shards: received ${shards}; allowed with fieldlake:stream.profile frugal: nothing, it has no stream of shards`,
        ]
      : []),
  ];
}

type Domain = NonNullable<AwsSettings["domain"]>;

function domainFaults(key: string, domain: Domain | undefined, region: string | undefined): string[] {
  if (domain === undefined) return [];
  const parsed = certificateArn.exec(domain.certificateArn);
  const where = `fieldlake:aws.${key}.certificateArn: received "${domain.certificateArn}"; allowed:`;
  if (!parsed) return [`${where} the ARN of an ACM certificate`];
  return parsed[1] === region ? [] : [`${where} a certificate in aws:region (${region})`];
}

function enrolmentFaults({ aws }: AwsRelated, region: string | undefined): string[] {
  if (aws.enrolment === undefined) return [];
  const { domain, signingKeys, checkOnConnect, claim } = aws.enrolment;
  const check = "fieldlake:aws.enrolment.checkOnConnect: received true; allowed";
  return [
    ...domainFaults("enrolment.domain", domain, region),
    ...(claim === undefined ? [] : claimFaults(claim)),
    ...(domain !== undefined && domain.name === aws.domain?.name
      ? [
          `fieldlake:aws.enrolment.domain.name: received "${domain.name}"; allowed: another name than fieldlake:aws.domain.name, which is the broker's`,
        ]
      : []),
    ...signingKeys
      .filter((key) => keyArn.exec(key)?.[1] !== region)
      .map(
        (key) =>
          `fieldlake:aws.enrolment.signingKeys: received "${key}"; allowed: ARNs of KMS keys in aws:region (${region})`,
      ),
    ...(checkOnConnect && aws.domain === undefined
      ? [`${check} with fieldlake:aws.domain: IoT Core asks for a domain of yours only`]
      : []),
    ...(checkOnConnect && region?.startsWith("us-gov-")
      ? [`${check} outside of GovCloud: IoT Core has no pre-authentication there`]
      : []),
  ];
}
