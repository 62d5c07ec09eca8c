/** The readings as an Iceberg table that S3 maintains: an option, beside the Parquet files that every engine reads. */
import type { Workgroup } from "@pulumi/aws/athena/workgroup.js";
import type { CatalogDatabase } from "@pulumi/aws/glue/catalogDatabase.js";
import { Namespace } from "@pulumi/aws/s3tables/namespace.js";
import { Table } from "@pulumi/aws/s3tables/table.js";
import { TableBucket } from "@pulumi/aws/s3tables/tableBucket.js";
import { Schedule } from "@pulumi/aws/scheduler/schedule.js";
import { interpolate, jsonStringify, type CustomResourceOptions } from "@pulumi/pulumi";
import { icebergMerge, icebergType } from "../../functions/core/athena.ts";
import { readingsTable } from "../../functions/core/table.ts";
import { physicalName } from "../shared/naming.ts";
import type { AwsContext } from "./context.ts";
import { arn, bucketArn, nameRules } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { deadLetterQueue } from "./queue.ts";
import { permit, serviceRole, useKey } from "./roles.ts";
import type { Zones } from "./zones.ts";

interface Source {
  readonly environment: string;
  readonly zones: Zones;
  readonly database: CatalogDatabase;
  readonly workgroup: Workgroup;
  readonly forceDestroy: boolean;
}

interface Tables {
  readonly bucket: TableBucket;
  readonly namespace: Namespace;
  readonly readings: Table;
}

export function createIcebergTables(
  name: string,
  source: Source,
  context: AwsContext,
  opts: CustomResourceOptions,
): void {
  const tables = createTables(name, source, opts);
  const role = serviceRole(`${name}-merge-role`, context, "scheduler", "fills the Iceberg table", opts);
  const deadLetter = deadLetterQueue(`${name}-merge-dead-letter`, context, opts);
  const { curated, results } = source.zones;
  const granted = permit(
    `${name}-merge`,
    role,
    {
      data: [
        ...mergeStatements(tables, source, context),
        {
          Sid: "DeadLetter",
          Effect: "Allow",
          Action: "sqs:SendMessage",
          Resource: arn(context, "sqs", deadLetter.name),
        },
      ],
      keys: [
        useKey(context, "Rows", curated.keyArn, "readWrite", ["s3", "s3tables"]),
        useKey(context, "Operate", context.key.arn, "readWrite", ["scheduler", "sqs"]),
      ],
    },
    opts,
  );
  const { namespace, readings, bucket } = tables;
  const target = interpolate`"s3tablescatalog/${bucket.name}"."${namespace.namespace}"."${readings.name}"`;
  new Schedule(
    `${name}-merge`,
    {
      description: "Fieldlake: new readings into the Iceberg table, each message once",
      scheduleExpression: "rate(1 hour)",
      flexibleTimeWindow: { mode: "OFF" },
      kmsKeyArn: context.key.arn,
      target: {
        arn: `arn:${context.partition}:scheduler:::aws-sdk:athena:startQueryExecution`,
        roleArn: role.arn,
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3_600 },
        deadLetterConfig: { arn: deadLetter.arn },
        input: jsonStringify({
          QueryString: target.apply((table) => icebergMerge(table)),
          QueryExecutionContext: { Database: source.database.name },
          WorkGroup: source.workgroup.name,
          ResultConfiguration: { OutputLocation: interpolate`s3://${results.name}/athena/` },
        }),
      },
    },
    { ...opts, dependsOn: granted },
  );
}

function createTables(
  name: string,
  { environment, zones, forceDestroy }: Source,
  opts: CustomResourceOptions,
): Tables {
  const encryptionConfiguration = { sseAlgorithm: "aws:kms", kmsKeyArn: zones.curated.keyArn };
  const bucket = new TableBucket(
    `${name}-tables`,
    {
      encryptionConfiguration,
      forceDestroy,
      maintenanceConfiguration: {
        icebergUnreferencedFileRemoval: {
          status: "enabled",
          settings: { unreferencedDays: 3, nonCurrentDays: 10 },
        },
      },
    },
    opts,
  );
  const child = { ...opts, parent: bucket };
  const namespace = new Namespace(
    `${name}-tables-namespace`,
    { tableBucketArn: bucket.arn, namespace: physicalName(nameRules.database, environment, "lake") },
    child,
  );
  const readings = new Table(
    `${name}-tables-readings`,
    {
      tableBucketArn: bucket.arn,
      namespace: namespace.namespace,
      name: readingsTable.name,
      format: "ICEBERG",
      encryptionConfiguration,
      metadata: {
        iceberg: {
          schema: {
            fields: readingsTable.columns.map((column) => ({
              name: column.name,
              type: icebergType(column),
              required: !column.nullable,
            })),
          },
        },
      },
    },
    child,
  );
  return { bucket, namespace, readings };
}

/** What Athena does on the schedule's behalf. */
function mergeStatements(
  { bucket, namespace, readings }: Tables,
  { zones, database, workgroup }: Source,
  context: AwsContext,
): Statement[] {
  const { curated, results } = zones;
  const catalog = interpolate`s3tablescatalog/${bucket.name}`;
  const tableBucket = arn(context, "s3tables", interpolate`bucket/${bucket.name}`);
  return [
    {
      Sid: "Ask",
      Effect: "Allow",
      Action: ["athena:GetWorkGroup", "athena:StartQueryExecution"],
      Resource: arn(context, "athena", interpolate`workgroup/${workgroup.name}`),
    },
    {
      Sid: "ReadCatalog",
      Effect: "Allow",
      Action: ["glue:GetDatabase", "glue:GetTable"],
      Resource: [
        "catalog",
        "catalog/s3tablescatalog",
        interpolate`catalog/${catalog}`,
        interpolate`database/${database.name}`,
        interpolate`table/${database.name}/*`,
        interpolate`database/${catalog}/${namespace.namespace}`,
        interpolate`table/${catalog}/${namespace.namespace}/${readings.name}`,
      ].map((resource) => arn(context, "glue", resource)),
    },
    {
      Sid: "WriteTables",
      Effect: "Allow",
      Action: [
        "s3tables:GetTable",
        "s3tables:GetTableData",
        "s3tables:GetTableMetadataLocation",
        "s3tables:PutTableData",
        "s3tables:UpdateTableMetadataLocation",
      ],
      Resource: [tableBucket, interpolate`${tableBucket}/table/*`],
    },
    // Lake Formation's only way in has no resource of its own; what it answers is granted there.
    { Sid: "Governed", Effect: "Allow", Action: "lakeformation:GetDataAccess", Resource: "*" },
    {
      Sid: "FindBuckets",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket"],
      Resource: [curated, results].map(({ name }) => bucketArn(context, name)),
    },
    {
      Sid: "ReadRows",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: bucketArn(context, interpolate`${curated.name}/readings/*`),
    },
    {
      Sid: "WriteResults",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
      Resource: bucketArn(context, interpolate`${results.name}/athena/*`),
    },
  ];
}
