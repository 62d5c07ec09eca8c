import type { Table } from "@pulumi/aws/dynamodb/table.js";
import {
  interpolate,
  type CustomResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { ReportSchedule } from "../../fleet/environment-report/declaration.ts";
import { reportSettings, reportsFolder } from "../../functions/agreements.ts";
import { alarmSettings, seenIndex } from "../../functions/aws-agreements.ts";
import { scheduled, type ScheduledReports } from "../../functions/cloud-report/scheduled.ts";
import type { EncryptionState } from "../contracts/common.ts";
import type { KnowledgeBaseArgs } from "../contracts/knowledge-base.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { bundlesOf } from "../shared/function-bundles.ts";
import type { AwsContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { registryUse, type FleetRegistryTable } from "./fleet-registry.ts";
import { createFunction, type BuiltFunction } from "./function.ts";
import { arn, bucketArn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { useKey } from "./roles.ts";
import { onSchedule } from "./schedule.ts";
import { reportConcurrency } from "./settings.ts";
import type { ZoneBucket } from "./zones.ts";

export interface ReportArgs {
  readonly environment: string;
  readonly bundle: FunctionBundle;
  readonly lake: EncryptedLake;
  readonly latest: Table;
  /** Name of the alarm book's table; null where there are no rules. */
  readonly alarmTable: Output<string> | null;
  /** Null where it is kept on a machine. */
  readonly registry: FleetRegistryTable | null;
  /** PEM of the certificate that signs devices. */
  readonly issuer: Input<string>;
  readonly declaration: ScheduledReports;
}

/** Lambda's most: a registry of a million devices is read to its end. */
const longestSeconds = 900;

/** Null where no report is made by itself. */
export function createReports(
  name: string,
  args: Omit<ReportArgs, "bundle" | "declaration"> & Pick<KnowledgeBaseArgs, "functions" | "reports">,
  context: AwsContext,
  opts: { parent: Resource },
): BuiltFunction | null {
  const { functions, reports } = args;
  const declaration = scheduled(reports);
  if (declaration === null) return null;
  const [bundle] = bundlesOf(functions, ["report"], opts.parent) as [FunctionBundle];
  return createReport(name, { ...args, bundle, declaration }, context, opts);
}

export const reportState = ({ name, keyArn }: ZoneBucket): EncryptionState => ({
  component: "KnowledgeBase",
  name: "reports",
  detail: interpolate`s3://${name}/${reportsFolder}`,
  inTransit: "TLS 1.2 or later",
  atRest: "AES-256 (SSE-KMS)",
  keyId: keyArn,
});

/**
 * Reports of the environment on a schedule. The function reads what is listed of the lake and no file of it, the latest
 * state, alarms and the registry, and writes below the folder of reports and nowhere else.
 */
function createReport(
  name: string,
  args: ReportArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): BuiltFunction {
  const { environment, bundle, lake, latest, alarmTable, registry, issuer, declaration } = args;
  const { curated, quarantine } = lake.zones;
  const built = createFunction(
    `${name}-report`,
    {
      description: "reports of the environment",
      bundle,
      environment: {
        TENANT: environment,
        CURATED_BUCKET: curated.name,
        QUARANTINE_BUCKET: quarantine.name,
        LATEST_TABLE: latest.name,
        ISSUER_CERTIFICATE: issuer,
        [reportSettings]: JSON.stringify(declaration),
        ...(alarmTable === null ? {} : { [alarmSettings.table]: alarmTable }),
        ...(registry === null ? {} : { FLEET_TABLE: registry.name }),
      },
      memoryMegabytes: 512,
      timeoutSeconds: longestSeconds,
      reservedConcurrency: reportConcurrency,
      permissions: permissions(args, context),
    },
    context,
    opts,
  );
  onSchedule(
    `${name}-reports`,
    built,
    {
      starts: "starts the function of reports",
      description: "reports",
      expression: cronOf(declaration.schedule),
    },
    context,
    opts,
  );
  return built;
}

function permissions(
  { lake, latest, alarmTable, registry }: ReportArgs,
  context: AwsContext,
): { readonly data: readonly Statement[]; readonly keys: readonly Statement[] } {
  const { curated, quarantine } = lake.zones;
  const fleet =
    registry === null || context.fleetKey === null
      ? null
      : registryUse(registry, "list", context.fleetKey, context);
  return {
    data: [
      {
        Sid: "SeeFiles",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: [bucketArn(context, curated.name), bucketArn(context, quarantine.name)],
      },
      {
        Sid: "KeepReports",
        Effect: "Allow",
        Action: ["s3:DeleteObject", "s3:PutObject"],
        Resource: bucketArn(context, interpolate`${curated.name}/${reportsFolder}/*`),
      },
      {
        Sid: "FindSilent",
        Effect: "Allow",
        Action: "dynamodb:Query",
        Resource: arn(context, "dynamodb", interpolate`table/${latest.name}/index/${seenIndex.name}`),
      },
      ...(alarmTable === null
        ? []
        : [
            {
              Sid: "SeeAlarms",
              Effect: "Allow" as const,
              Action: "dynamodb:Query",
              Resource: arn(context, "dynamodb", interpolate`table/${alarmTable}`),
            },
          ]),
      ...(fleet === null ? [] : [fleet.data]),
    ],
    keys: [
      useKey(context, "KeepReports", curated.keyArn, "write", ["s3"]),
      // The latest state and the alarm book lie under the key of curated data.
      useKey(context, "ReadState", curated.keyArn, "read", ["dynamodb"]),
      ...(fleet === null ? [] : [fleet.key]),
    ],
  };
}

/** UTC, which EventBridge Scheduler takes where no time zone is named ("Schedule types", cron-based schedules). */
const cronOf = (schedule: ReportSchedule): string =>
  schedule.every === "day"
    ? `cron(0 ${schedule.hourUtc} * * ? *)`
    : `cron(0 ${schedule.hourUtc} ? * ${schedule.weekday.slice(0, 3).toUpperCase()} *)`;
