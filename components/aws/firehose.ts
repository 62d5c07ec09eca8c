import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { LogStream } from "@pulumi/aws/cloudwatch/logStream.js";
import { FirehoseDeliveryStream } from "@pulumi/aws/kinesis/firehoseDeliveryStream.js";
import type { input } from "@pulumi/aws/types/index.js";
import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import { readingsTable } from "../../functions/core/table.ts";
import type { AwsContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import type { BuiltFunction } from "./function.ts";
import { arn, bucketArn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { permit, serviceRole, useKey } from "./roles.ts";

/** Rows of a message are many times its size; the function's answer must stay below 6 MB. */
const transformMegabytes = "0.4";
const transformSeconds = "61";

/**
 * Rule → Firehose → decoder → Parquet: nothing runs or costs while nothing arrives. Firehose partitions by the event
 * time that the decoder states; what fails goes below an error prefix of the same bucket, whole.
 */
export function createFirehose(
  name: string,
  decoder: BuiltFunction,
  lake: EncryptedLake,
  context: AwsContext,
  opts: CustomResourceOptions,
): FirehoseDeliveryStream {
  const logs = new LogGroup(
    `${name}-delivery-logs`,
    { kmsKeyId: context.key.arn, retentionInDays: context.settings.logRetentionDays },
    opts,
  );
  const stream = new LogStream(
    `${name}-delivery-log`,
    { name: "delivery", logGroupName: logs.name },
    { ...opts, parent: logs },
  );
  const role = serviceRole(`${name}-delivery-role`, context, "firehose", "delivers rows to the lake", opts);
  const granted = permit(`${name}-delivery`, role, permissions(decoder, lake, logs.name, context), opts);
  const cloudwatchLoggingOptions = { enabled: true, logGroupName: logs.name, logStreamName: stream.name };
  const processingConfiguration = {
    enabled: true,
    processors: [
      {
        type: "Lambda",
        parameters: [
          { parameterName: "LambdaArn", parameterValue: interpolate`${decoder.function.arn}:$LATEST` },
          { parameterName: "BufferSizeInMBs", parameterValue: transformMegabytes },
          { parameterName: "BufferIntervalInSeconds", parameterValue: transformSeconds },
        ],
      },
    ],
  };
  const common = { roleArn: role.arn, cloudwatchLoggingOptions, processingConfiguration };
  return new FirehoseDeliveryStream(
    `${name}-firehose`,
    {
      destination: "extended_s3",
      extendedS3Configuration: toParquet(common, lake, context),
      serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn: context.key.arn },
    },
    { ...opts, dependsOn: granted },
  );
}

interface Common {
  readonly roleArn: Output<string>;
  readonly cloudwatchLoggingOptions: {
    enabled: boolean;
    logGroupName: Output<string>;
    logStreamName: Output<string>;
  };
  readonly processingConfiguration: input.kinesis.FirehoseDeliveryStreamExtendedS3ConfigurationProcessingConfiguration;
}

function toParquet(
  common: Common,
  lake: EncryptedLake,
  context: AwsContext,
): input.kinesis.FirehoseDeliveryStreamExtendedS3Configuration {
  const { curated } = lake.zones;
  const partition = ["dt", "hr"].map((key) => `${key}=!{partitionKeyFromLambda:${key}}`).join("/");
  return {
    ...common,
    bucketArn: bucketArn(context, curated.name),
    kmsKeyArn: curated.keyArn,
    // The least that Firehose gathers when it partitions.
    bufferingSize: 64,
    bufferingInterval: context.settings.bufferSeconds,
    prefix: `${readingsTable.name}/${partition}/`,
    errorOutputPrefix: "firehose-errors/!{firehose:error-output-type}/dt=!{timestamp:yyyy-MM-dd}/",
    fileExtension: ".parquet",
    // Parquet compresses its own pages.
    compressionFormat: "UNCOMPRESSED",
    dynamicPartitioningConfiguration: { enabled: true, retryDuration: 300 },
    dataFormatConversionConfiguration: {
      enabled: true,
      inputFormatConfiguration: { deserializer: { openXJsonSerDe: { caseInsensitive: false } } },
      outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "SNAPPY" } } },
      schemaConfiguration: {
        roleArn: common.roleArn,
        databaseName: lake.tables.database.name,
        tableName: lake.tables.readings.name,
        region: context.region,
        versionId: "LATEST",
      },
    },
  };
}

function permissions(
  decoder: BuiltFunction,
  lake: EncryptedLake,
  logGroup: Output<string>,
  context: AwsContext,
): { data: Statement[]; keys: Statement[] } {
  const { curated } = lake.zones;
  const { database, readings } = lake.tables;
  const table = arn(context, "glue", interpolate`table/${database.name}/${readings.name}`);
  const functionArn = arn(context, "lambda", interpolate`function:${decoder.function.name}`);
  return {
    data: [
      {
        Sid: "DeliverRows",
        Effect: "Allow",
        Action: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
        Resource: bucketArn(context, interpolate`${curated.name}/*`),
      },
      {
        Sid: "FindBucket",
        Effect: "Allow",
        Action: ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
        Resource: bucketArn(context, curated.name),
      },
      {
        Sid: "Decode",
        Effect: "Allow",
        Action: ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"],
        Resource: [functionArn, interpolate`${functionArn}:$LATEST`],
      },
      {
        Sid: "ReadSchema",
        Effect: "Allow",
        Action: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
        Resource: [
          arn(context, "glue", "catalog"),
          arn(context, "glue", interpolate`database/${database.name}`),
          table,
        ],
      },
      {
        Sid: "Log",
        Effect: "Allow",
        Action: "logs:PutLogEvents",
        Resource: arn(context, "logs", interpolate`log-group:${logGroup}:log-stream:*`),
      },
    ],
    keys: [useKey(context, "EncryptRows", curated.keyArn, "readWrite", ["s3"])],
  };
}
