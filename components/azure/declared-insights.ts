import type { RoleDefinition } from "@pulumi/azure-native/authorization/roleDefinition.js";
import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import { insightsFile, insightsFolder, type InsightSettings } from "../../functions/agreements.ts";
import { insightSchedule } from "../../functions/azure-agreements.ts";
import { functionBounds } from "../../functions/cloud-insights/ports.ts";
import type { InsightDeclaration } from "../../functions/declared-insights/declaration.ts";
import type { EncryptionState } from "../contracts/common.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { changedBelow } from "./blob-conditions.ts";
import { appState } from "./app-state.ts";
import type { AzureContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { createFunctionApp } from "./function.ts";
import { createIdentity, type Principal } from "./identities.ts";
import type { Key } from "./keys.ts";
import { functionPackage } from "./package.ts";
import { grant } from "./roles.ts";
import { parquetCodec } from "./serverless-sql-settings.ts";

export interface DeclaredInsightArgs {
  readonly environment: string;
  readonly bundle: FunctionBundle;
  readonly lake: EncryptedLake;
  readonly declaration: InsightDeclaration;
  /** Writes and deletes blobs, and reads none. */
  readonly keeper: RoleDefinition;
  /** NCRONTAB. */
  readonly schedule: string;
}

/** `hh:mm:ss`: until then no other run begins. */
const longest = new Date(functionBounds.run).toISOString().slice(11, 19);

/**
 * Roll-ups and declared insights of what landed, on a schedule, in an app of its own: it reads rows, and writes below
 * their folder of the curated zone and nowhere else.
 */
export function createDeclaredInsights(
  name: string,
  { environment, bundle, lake, declaration, keeper, schedule }: DeclaredInsightArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): void {
  const identity = createIdentity(`${name}-declared`, "works declared insights out", context, opts);
  const settings: InsightSettings = {
    declaration,
    retentionDays: lake.curatedDays,
    codec: parquetCodec(context.settings.serverlessSql),
  };
  createFunctionApp(
    `${name}-declared`,
    {
      storage: [environment, "declared"],
      identity,
      package: functionPackage(
        [bundle],
        { [insightsFile]: JSON.stringify(settings) },
        null,
        undefined,
        longest,
      ),
      settings: {
        TENANT: environment,
        CURATED_CONTAINER: lake.zones.curated.container,
        [insightSchedule]: schedule,
      },
      memoryMegabytes: 2_048,
      rights: rights(name, identity, lake, keeper, context, opts),
    },
    context,
    opts,
  );
}

export const declaredState = (key: Key): EncryptionState =>
  appState(
    "KnowledgeBase",
    "declared insights",
    "its package and the lease of its timer; results lie in the curated zone",
    key,
  );

function rights(
  name: string,
  principal: Principal,
  { zones }: EncryptedLake,
  keeper: RoleDefinition,
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource[] {
  const { scope } = zones.curated;
  return [
    grant(
      `${name}-declared-reads`,
      context,
      {
        role: "Storage Blob Data Reader",
        scope,
        principal,
        why: "the function reads the rows that insights rest on",
      },
      opts,
    ),
    grant(
      `${name}-declared-keeps`,
      context,
      {
        role: keeper,
        scope,
        principal,
        condition: changedBelow(insightsFolder),
        why: "the function keeps the tables of insights, and nothing beside their folder",
      },
      opts,
    ),
  ];
}
