import type { Table } from "@pulumi/aws/dynamodb/table.js";
import { interpolate, type CustomResourceOptions, type Input } from "@pulumi/pulumi";
import { seenIndex } from "../../functions/aws-agreements.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { noAlarms, type AlarmUse } from "./alarm-table.ts";
import type { AwsContext } from "./context.ts";
import { createFunction, type BuiltFunction } from "./function.ts";
import { arn } from "./names.ts";
import { useKey } from "./roles.ts";
import { everyMinutes, onSchedule } from "./schedule.ts";

export interface InsightArgs {
  readonly environment: string;
  readonly bundle: FunctionBundle;
  readonly latest: Table;
  /** The key that the latest state lies under. */
  readonly keyArn: Input<string>;
  /** PEM of the certificate that signs devices. */
  readonly issuer: Input<string>;
  /** For rules about silent devices. */
  readonly alarms: AlarmUse;
}

/** On a schedule: which devices fell silent, and how long the issuer's certificate lasts. */
export function createInsight(
  name: string,
  args: InsightArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): BuiltFunction {
  const { latest, environment, bundle, keyArn, issuer, alarms } = args;
  const { settings } = context;
  const table = arn(context, "dynamodb", interpolate`table/${latest.name}`);
  const built = createFunction(
    `${name}-insight`,
    {
      description: "silent devices and certificate life",
      bundle,
      files: alarms.files,
      environment: {
        TENANT: environment,
        LATEST_TABLE: latest.name,
        LATEST_DAYS: String(settings.latestStateDays),
        SILENT_MINUTES: String(settings.silentMinutes),
        ISSUER_CERTIFICATE: issuer,
        ...alarms.environment,
      },
      memoryMegabytes: 512,
      timeoutSeconds: 60,
      reservedConcurrency: 1,
      permissions: {
        data: [
          {
            Sid: "FindSilent",
            Effect: "Allow",
            Action: "dynamodb:Query",
            Resource: interpolate`${table}/index/${seenIndex.name}`,
          },
          {
            Sid: "RecordFinding",
            Effect: "Allow",
            Action: alarms === noAlarms ? "dynamodb:UpdateItem" : ["dynamodb:GetItem", "dynamodb:UpdateItem"],
            Resource: table,
          },
          ...alarms.data,
        ],
        keys: [useKey(context, "LatestState", keyArn, "read", ["dynamodb"]), ...alarms.keys],
      },
    },
    context,
    opts,
  );
  onSchedule(
    `${name}-schedule`,
    built,
    {
      starts: "starts the insight function",
      description: "insights",
      expression: everyMinutes(settings.insightMinutes),
    },
    context,
    opts,
  );
  return built;
}
