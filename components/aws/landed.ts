import type { Table } from "@pulumi/aws/dynamodb/table.js";
import { FunctionEventInvokeConfig } from "@pulumi/aws/lambda/functionEventInvokeConfig.js";
import { Permission } from "@pulumi/aws/lambda/permission.js";
import type { Queue } from "@pulumi/aws/sqs/queue.js";
import { interpolate, type CustomResourceOptions } from "@pulumi/pulumi";
import { dueFolder, insightsOn, manifestFolder } from "../../functions/agreements.ts";
import { readingsTable } from "../../functions/core/table.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { AlarmUse } from "./alarm-table.ts";
import type { AwsContext } from "./context.ts";
import { tellOfFiles } from "./file-news.ts";
import { createFunction, type BuiltFunction } from "./function.ts";
import { arn, bucketArn } from "./names.ts";
import { useKey } from "./roles.ts";
import type { ZoneBucket } from "./zones.ts";

export interface LandedArgs {
  readonly environment: string;
  readonly bundle: FunctionBundle;
  readonly curated: ZoneBucket;
  readonly latest: Table;
  /** For limits over what landed. */
  readonly alarms: AlarmUse;
  /** Whether insights are declared: hours of files are due for them. */
  readonly marksDue: boolean;
}

export interface Landed {
  readonly built: BuiltFunction;
  /** Names of the queues in which lost events wait. */
  readonly undelivered: Queue;
}

/**
 * Every file that lands in the curated zone, whoever wrote it, updates the latest state and gets its manifest: one way
 * for both stream profiles and for uploaded files, and no second decoding.
 */
export function createLanded(
  name: string,
  args: LandedArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): Landed {
  const { curated, latest, environment, bundle, alarms, marksDue } = args;
  const objects = (path: string) => bucketArn(context, interpolate`${curated.name}/${path}/*`);
  const built = createFunction(
    `${name}-landed`,
    {
      description: "manifest and latest state of curated files",
      bundle,
      files: alarms.files,
      environment: {
        TENANT: environment,
        LATEST_TABLE: latest.name,
        LATEST_DAYS: String(context.settings.latestStateDays),
        ...alarms.environment,
        ...(marksDue ? { [insightsOn]: "declared" } : {}),
      },
      // A file of Firehose has up to 64 MB, in memory a multiple of it.
      memoryMegabytes: 2_048,
      timeoutSeconds: 300,
      reservedConcurrency: 10,
      permissions: {
        data: [
          {
            Sid: "ReadRows",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: [objects(readingsTable.name), objects("frames_*")],
          },
          {
            Sid: "WriteManifest",
            Effect: "Allow",
            Action: "s3:PutObject",
            Resource: [
              objects(`${manifestFolder}/${readingsTable.name}`),
              objects(`${manifestFolder}/frames_*`),
              ...(marksDue ? [objects(dueFolder)] : []),
            ],
          },
          {
            Sid: "UpdateLatest",
            Effect: "Allow",
            Action: "dynamodb:UpdateItem",
            Resource: arn(context, "dynamodb", interpolate`table/${latest.name}`),
          },
          ...alarms.data,
        ],
        keys: [useKey(context, "Curated", curated.keyArn, "readWrite", ["dynamodb", "s3"]), ...alarms.keys],
      },
    },
    context,
    opts,
  );
  new FunctionEventInvokeConfig(
    `${name}-landed-retries`,
    { functionName: built.function.name, maximumRetryAttempts: 2, maximumEventAgeInSeconds: 21_600 },
    opts,
  );
  const { rule, undelivered } = tellOfFiles(
    `${name}-landed`,
    {
      untold: `${name}-landed-events-dead-letter`,
      description: "a curated file is there",
      bucket: curated,
      prefixes: [`${readingsTable.name}/`, "frames_"],
    },
    built.function.arn,
    context,
    opts,
  );
  new Permission(
    `${name}-landed-permission`,
    {
      action: "lambda:InvokeFunction",
      function: built.function.name,
      principal: "events.amazonaws.com",
      sourceArn: arn(context, "events", interpolate`rule/${rule}`),
      sourceAccount: context.accountId,
    },
    opts,
  );
  return { built, undelivered };
}
