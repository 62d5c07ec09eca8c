import { interpolate, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { settingsFile, type LambdaSettings } from "../../functions/aws-agreements.ts";
import { frameTablesOf } from "../../functions/core/formats/raw-binary.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { frameTable, quarantineTable, readingsTable } from "../../functions/core/table.ts";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { StreamProcessorArgs, StreamProcessorOutputs } from "../contracts/stream-processor.ts";
import { ours } from "../shared/ours.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { decoderBundle, uploadBundle } from "../shared/decoder-bundle.ts";
import { refuse, streamProcessorFaults } from "../shared/validate.ts";
import { birthPermissions, createBirths } from "./births.ts";
import { lakeTable } from "./catalog.ts";
import type { AwsContext } from "./context.ts";
import { EncryptedLake } from "./encrypted-lake.ts";
import { createFirehose } from "./firehose.ts";
import { createFunction, type BuiltFunction } from "./function.ts";
import { consume, createStream, maximumParallel, shardsOf, streamPermissions } from "./kinesis.ts";
import { arn, bucketArn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { decoderSeconds, redeliveryParallel } from "./redelivery.ts";
import { useKey } from "./roles.ts";
import { createUploaded, type Uploaded } from "./uploaded.ts";
import type { Zones } from "./zones.ts";

/** Invocations that Firehose makes at a time for one stream. */
const firehoseParallel = 5;

/** `frugal`: Firehose, the decoder its transformation. `throughput`: Kinesis, the decoder its consumer. */
export class StreamProcessor extends FieldlakeComponent implements StreamProcessorOutputs {
  readonly streamId: Output<string>;
  readonly functionId: Output<string>;
  readonly deadLetter: Output<string>;
  readonly lagMetric: Output<string>;
  readonly exceptions: readonly NamedException[] = [];
  readonly encryption: readonly EncryptionState[];
  /** For the other AWS components: what to watch. */
  readonly decoder: BuiltFunction;
  readonly uploaded: Uploaded;
  readonly lag: {
    readonly namespace: string;
    readonly metric: string;
    readonly dimensions: Record<string, Output<string>>;
    readonly unit: "seconds" | "milliseconds";
  };

  constructor(name: string, args: StreamProcessorArgs, context: AwsContext, opts?: ComponentResourceOptions) {
    const { environment, protect, profile, decoder, concurrency, bindings, clockWindow } = args;
    super(
      "aws",
      "StreamProcessor",
      name,
      { environment, protect, profile, concurrency, bindings, clockWindow, decoderHash: decoder.sha256 },
      opts,
    );
    const throughput = profile === "throughput";
    const needsShards = throughput && context.settings.shards === undefined;
    refuse(
      [
        ...streamProcessorFaults(args),
        ...(needsShards ? ['profile: received "throughput" without shards; set fieldlake:aws.shards'] : []),
      ],
      this,
    );
    const lake = ours("lake", args.lake, EncryptedLake, this);

    const child = { parent: this };
    frameTables(name, args.profiles as readonly Profile[], lake, child);
    const stream = throughput
      ? createStream(name, context, { ...child, protect, retainOnDelete: protect })
      : null;
    const reading =
      stream === null ? { data: [], keys: [] } : streamPermissions(stream, lake.zones.quarantine, context);
    const writing = writePermissions(lake.zones, context);
    // The one key of the lake that DynamoDB may use.
    const { keyArn } = lake.zones.curated;
    const births = createBirths(name, keyArn, protect, { ...child, protect, retainOnDelete: protect });
    const learning = birthPermissions(births, keyArn, context);
    this.decoder = createFunction(
      `${name}-decoder`,
      {
        description: "decodes messages into rows",
        bundle: decoderBundle(args),
        files: { [settingsFile]: JSON.stringify(settings(args)) },
        environment: {
          RAW_BUCKET: lake.zones.raw.name,
          CURATED_BUCKET: lake.zones.curated.name,
          QUARANTINE_BUCKET: lake.zones.quarantine.name,
          BIRTHS_TABLE: births.name,
        },
        memoryMegabytes: 1_024,
        timeoutSeconds: decoderSeconds,
        reservedConcurrency:
          redeliveryParallel +
          (throughput
            ? shardsOf(context) * Math.min(concurrency, maximumParallel)
            : Math.max(firehoseParallel, concurrency)),
        permissions: {
          data: [...writing.data, ...learning.data, ...reading.data],
          keys: [...writing.keys, ...learning.keys, ...reading.keys],
        },
      },
      context,
      child,
    );

    const files = { [settingsFile]: JSON.stringify(settings(args)) };
    const bundle = uploadBundle(args, this);
    this.uploaded = createUploaded(name, { bundle, files, zones: lake.zones }, context, child);

    if (stream === null) {
      const firehose = createFirehose(name, this.decoder, lake, context, child);
      this.streamId = arn(context, "firehose", interpolate`deliverystream/${firehose.name}`);
      this.lag = {
        namespace: "AWS/Firehose",
        metric: "DeliveryToS3.DataFreshness",
        dimensions: { DeliveryStreamName: firehose.name },
        unit: "seconds",
      };
    } else {
      consume(name, stream, this.decoder, lake.zones.quarantine, concurrency, context, child);
      this.streamId = arn(context, "kinesis", interpolate`stream/${stream.name}`);
      this.lag = {
        namespace: "AWS/Lambda",
        metric: "IteratorAge",
        dimensions: { FunctionName: this.decoder.function.name },
        unit: "milliseconds",
      };
    }
    this.functionId = arn(context, "lambda", interpolate`function:${this.decoder.function.name}`);
    this.deadLetter = lake.quarantineUri;
    const [dimension] = Object.entries(this.lag.dimensions);
    this.lagMetric = interpolate`${this.lag.namespace} ${this.lag.metric} ${dimension?.[0] ?? ""}=${dimension?.[1] ?? ""}`;
    this.encryption = [
      {
        component: "StreamProcessor",
        name: throughput ? "Kinesis stream" : "Firehose stream",
        detail: this.streamId,
        inTransit: "TLS 1.2 or later",
        atRest: "AES-256 (SSE-KMS)",
        keyId: context.key.arn,
      },
      {
        component: "StreamProcessor",
        name: "births",
        detail: arn(context, "dynamodb", interpolate`table/${births.name}`),
        inTransit: "TLS 1.2 or later",
        atRest: "AES-256 (SSE-KMS)",
        keyId: keyArn,
      },
      {
        component: "StreamProcessor",
        name: "decoder",
        detail: interpolate`Lambda ${this.decoder.function.name}: settings, code, logs and dead letters`,
        inTransit: "TLS 1.2 or later",
        atRest: "AES-256 (KMS)",
        keyId: context.key.arn,
      },
      {
        component: "StreamProcessor",
        name: "uploads",
        detail: interpolate`Lambda ${this.uploaded.built.function.name}: settings, code, logs; queues of uploaded files`,
        inTransit: "TLS 1.2 or later",
        atRest: "AES-256 (KMS)",
        keyId: context.key.arn,
      },
    ];
    this.registerOutputs({
      streamId: this.streamId,
      functionId: this.functionId,
      deadLetter: this.deadLetter,
      lagMetric: this.lagMetric,
      encryption: this.encryption,
      exceptions: this.exceptions,
    });
  }
}

/** A wide table for each declared layout at a high rate. */
function frameTables(
  name: string,
  profiles: readonly Profile[],
  { tables, zones }: EncryptedLake,
  opts: { parent: StreamProcessor },
): void {
  const layouts = profiles.flatMap((profile) =>
    profile.format === "raw-binary" ? frameTablesOf(profile) : [],
  );
  for (const layout of new Map(layouts.map((one) => [one.name, one])).values()) {
    const table = frameTable(layout);
    lakeTable(`${name}-${table.name.replaceAll("_", "-")}`, tables.database, zones.curated.name, table, opts);
  }
}

const settings = ({ environment, profiles, bindings, clockWindow }: StreamProcessorArgs): LambdaSettings => ({
  tenant: environment,
  profiles: profiles as readonly Profile[],
  bindings,
  clockWindow,
});

/** The decoder writes new objects and reads none: what it wrote, it can't read back. */
function writePermissions(
  { raw, curated, quarantine }: Zones,
  context: AwsContext,
): { data: Statement[]; keys: Statement[] } {
  const below = (zone: Zones["raw"], prefix: string) =>
    bucketArn(context, interpolate`${zone.name}/${prefix}/*`);
  return {
    data: [
      { Sid: "KeepRaw", Effect: "Allow", Action: "s3:PutObject", Resource: below(raw, "live") },
      {
        Sid: "WriteRows",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: [below(curated, readingsTable.name), below(curated, "frames_*")],
      },
      {
        Sid: "Quarantine",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: below(quarantine, quarantineTable.name),
      },
    ],
    keys: [
      useKey(context, "EncryptRaw", raw.keyArn, "write", ["s3"]),
      useKey(context, "EncryptRows", curated.keyArn, "write", ["s3"]),
      useKey(context, "EncryptQuarantine", quarantine.keyArn, "write", ["s3"]),
    ],
  };
}
