import { interpolate, type CustomResourceOptions } from "@pulumi/pulumi";
import { manifestFolder } from "../../functions/agreements.ts";
import { quarantineTable, readingsTable } from "../../functions/core/table.ts";
import type { EncryptionState } from "../contracts/common.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import type { AwsContext } from "./context.ts";
import { createFunction, type BuiltFunction } from "./function.ts";
import { bucketArn } from "./names.ts";
import { useKey } from "./roles.ts";
import { everyMinutes, onSchedule } from "./schedule.ts";
import { compactionConcurrency } from "./settings.ts";
import type { Zones } from "./zones.ts";

export interface CompactionArgs {
  readonly environment: string;
  readonly bundle: FunctionBundle;
  readonly zones: Pick<Zones, "curated" | "quarantine">;
}

/** Lambda's longest; the function stops beginning hours well before. */
const longestSeconds = 900;
/** Between two runs, as on Azure. */
const minutes = 360;
const tables = [readingsTable.name, "frames_*"];

/**
 * Small files of the curated zone become larger ones, on a schedule, in a function of its own: nothing else that writes rows
 * may take some away, and it may write and take away nothing but what was merged and the records of it. In quarantine it may
 * look, and take away what a replay left.
 */
export function createCompaction(
  name: string,
  { environment, bundle, zones: { curated, quarantine } }: CompactionArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): BuiltFunction {
  const files = (end: string) =>
    tables.map((table) => bucketArn(context, interpolate`${curated.name}/${table}/${end}`));
  const changes = `${manifestFolder}/changes`;
  const records = tables.map((table) =>
    bucketArn(context, interpolate`${curated.name}/${changes}/${table}/*.json`),
  );
  const ofQuarantine = (path: string) => bucketArn(context, interpolate`${quarantine.name}/${path}`);
  const built = createFunction(
    `${name}-compact`,
    {
      description: "merges small files of the curated zone",
      bundle,
      environment: { TENANT: environment, CURATED_BUCKET: curated.name, QUARANTINE_BUCKET: quarantine.name },
      architecture: "x86_64",
      memoryMegabytes: 2_048,
      // Files of one merge, what becomes of them, and what does not fit into memory meanwhile.
      diskMegabytes: 2_048,
      timeoutSeconds: longestSeconds,
      reservedConcurrency: compactionConcurrency,
      permissions: {
        data: [
          {
            Sid: "FindFiles",
            Effect: "Allow",
            Action: "s3:ListBucket",
            Resource: bucketArn(context, curated.name),
            Condition: {
              StringLike: {
                "s3:prefix": ["", ...[...tables, ...tables.map((table) => `${changes}/${table}`)].map(below)],
              },
            },
          },
          {
            Sid: "ReadFiles",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: [...files("*.parquet"), ...records],
          },
          {
            Sid: "AddMerged",
            Effect: "Allow",
            Action: "s3:PutObject",
            Resource: [...files("*.changed.parquet"), ...records],
          },
          { Sid: "RemoveFiles", Effect: "Allow", Action: "s3:DeleteObject", Resource: files("*.parquet") },
          {
            Sid: "LookAtQuarantine",
            Effect: "Allow",
            Action: "s3:ListBucket",
            Resource: bucketArn(context, quarantine.name),
            Condition: {
              StringLike: {
                "s3:prefix": [below(quarantineTable.name), below(`${changes}/${quarantineTable.name}`)],
              },
            },
          },
          {
            Sid: "ReadChangesOfQuarantine",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: ofQuarantine(`${changes}/${quarantineTable.name}/*.json`),
          },
          {
            Sid: "ClearQuarantine",
            Effect: "Allow",
            Action: "s3:DeleteObject",
            Resource: ofQuarantine(`${quarantineTable.name}/*.changed.parquet`),
          },
        ],
        keys: [
          useKey(context, "Curated", curated.keyArn, "readWrite", ["s3"]),
          useKey(context, "Quarantine", quarantine.keyArn, "read", ["s3"]),
        ],
      },
    },
    context,
    opts,
  );
  onSchedule(
    `${name}-merge`,
    built,
    { starts: "starts the compaction", description: "compaction", expression: everyMinutes(minutes) },
    context,
    opts,
  );
  return built;
}

export const compactionState = (
  { function: { name } }: BuiltFunction,
  { key }: AwsContext,
): EncryptionState => ({
  component: "KnowledgeBase",
  name: "compaction",
  detail: interpolate`Lambda ${name}: code, logs, disk`,
  inTransit: "TLS 1.2 or later",
  atRest: "AES-256 (KMS)",
  keyId: key.arn,
});

const below = (folder: string): string => `${folder}/*`;
