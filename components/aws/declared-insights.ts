import { interpolate, type CustomResourceOptions } from "@pulumi/pulumi";
import {
  insightsFile,
  insightsFolder,
  manifestFolder,
  type InsightSettings,
} from "../../functions/agreements.ts";
import { functionBounds } from "../../functions/cloud-insights/ports.ts";
import { readingsTable } from "../../functions/core/table.ts";
import type { InsightDeclaration } from "../../functions/declared-insights/declaration.ts";
import { insightTables } from "../../functions/declared-insights/tables.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { lakeTable } from "./catalog.ts";
import type { AwsContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { createFunction, type BuiltFunction } from "./function.ts";
import { bucketArn } from "./names.ts";
import { useKey } from "./roles.ts";
import { everyMinutes, onSchedule } from "./schedule.ts";
import { declaredConcurrency } from "./settings.ts";

export interface DeclaredInsightArgs {
  readonly environment: string;
  readonly bundle: FunctionBundle;
  readonly lake: EncryptedLake;
  readonly declaration: InsightDeclaration;
}

/**
 * Roll-ups and declared insights of what landed, on a schedule: tables of the curated zone and of its catalogue. The
 * function reads rows, and writes below their folder and nowhere else.
 */
export function createDeclaredInsights(
  name: string,
  { environment, bundle, lake, declaration }: DeclaredInsightArgs,
  context: AwsContext,
  opts: CustomResourceOptions,
): BuiltFunction {
  const { curated } = lake.zones;
  const below = (folder: string) => bucketArn(context, interpolate`${curated.name}/${folder}/*`);
  const settings: InsightSettings = { declaration, retentionDays: lake.curatedDays, codec: "ZSTD" };
  const built = createFunction(
    `${name}-declared`,
    {
      description: "roll-ups and declared insights",
      bundle,
      files: { [insightsFile]: JSON.stringify(settings) },
      environment: { TENANT: environment, CURATED_BUCKET: curated.name },
      architecture: "x86_64",
      memoryMegabytes: 2_048,
      // Of what a unit rests on as much again may be left of the one before, and what does not fit into memory.
      diskMegabytes: 2_048,
      timeoutSeconds: functionBounds.run / 1_000,
      reservedConcurrency: declaredConcurrency,
      permissions: {
        data: [
          {
            Sid: "SeeFiles",
            Effect: "Allow",
            Action: "s3:ListBucket",
            Resource: bucketArn(context, curated.name),
          },
          {
            Sid: "ReadRows",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: [readingsTable.name, "frames_*", manifestFolder].map(below),
          },
          {
            Sid: "KeepInsights",
            Effect: "Allow",
            Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            Resource: below(insightsFolder),
          },
        ],
        keys: [useKey(context, "Curated", curated.keyArn, "readWrite", ["s3"])],
      },
    },
    context,
    opts,
  );
  onSchedule(
    `${name}-timer`,
    built,
    {
      starts: "starts the function of declared insights",
      description: "declared insights",
      expression: everyMinutes(context.settings.insightMinutes),
    },
    context,
    opts,
  );
  const { database } = lake.tables;
  for (const table of insightTables)
    lakeTable(
      `${name}-${table.name.replaceAll("_", "-")}`,
      database,
      curated.name,
      table,
      { ...opts, parent: database },
      `${insightsFolder}/`,
    );
  return built;
}
