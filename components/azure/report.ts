import type { RoleDefinition } from "@pulumi/azure-native/authorization/roleDefinition.js";
import type { CustomResourceOptions, Input, Resource } from "@pulumi/pulumi";
import { weekdays, type ReportSchedule } from "../../fleet/environment-report/declaration.ts";
import { reportSettings, reportsFolder } from "../../functions/agreements.ts";
import { alarmsOn, registryEndpoint, reportSchedule } from "../../functions/azure-agreements.ts";
import type { ScheduledReports } from "../../functions/cloud-report/scheduled.ts";
import type { EncryptionState } from "../contracts/common.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { changedBelow, listsOnly } from "./blob-conditions.ts";
import { appState } from "./app-state.ts";
import type { AzureContext } from "./context.ts";
import { grantItems, type CosmosDatabase } from "./cosmos-account.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { createFunctionApp } from "./function.ts";
import { createIdentity, type Principal } from "./identities.ts";
import type { Key } from "./keys.ts";
import { functionPackage } from "./package.ts";
import { grant } from "./roles.ts";

export interface ReportArgs {
  readonly environment: string;
  readonly bundle: FunctionBundle;
  readonly lake: EncryptedLake;
  /** The latest state, and the alarm book where there are rules. */
  readonly latest: CosmosDatabase;
  /** Rules that raise alarms. */
  readonly rules: number;
  /** Null where it is kept on a machine. */
  readonly registry: CosmosDatabase | null;
  /** PEM of the certificate that signs devices. */
  readonly issuer: Input<string>;
  /** Writes and deletes blobs, and reads none. */
  readonly keeper: RoleDefinition;
  readonly declaration: ScheduledReports;
}

/** `hh:mm:ss` of one run: a registry of a million devices is read to its end. */
const longest = "00:30:00";

/**
 * Reports of the environment on a schedule, in an app of its own. It reads what is listed of the lake and no file of it, the
 * latest state, alarms and the registry, and writes below the folder of reports and nowhere else.
 */
export function createReport(
  name: string,
  args: ReportArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): void {
  const { environment, bundle, lake, latest, rules, registry, issuer, declaration } = args;
  const identity = createIdentity(`${name}-report`, "makes reports of the environment", context, opts);
  createFunctionApp(
    `${name}-report`,
    {
      storage: [environment, "report"],
      identity,
      package: functionPackage([bundle], {}, null, undefined, longest),
      settings: {
        TENANT: environment,
        CURATED_CONTAINER: lake.zones.curated.container,
        QUARANTINE_CONTAINER: lake.zones.quarantine.container,
        COSMOS_ENDPOINT: latest.account.documentEndpoint,
        ISSUER_CERTIFICATE: issuer,
        [reportSettings]: JSON.stringify(declaration),
        [reportSchedule]: timerOf(declaration.schedule),
        ...(rules === 0 ? {} : { [alarmsOn]: String(rules) }),
        ...(registry === null ? {} : { [registryEndpoint]: registry.account.documentEndpoint }),
      },
      memoryMegabytes: 512,
      rights: rights(name, args, identity, context, opts),
    },
    context,
    opts,
  );
}

export const reportState = (key: Key): EncryptionState =>
  appState(
    "KnowledgeBase",
    "reports",
    "its package and the lease of its timer; reports lie in the curated zone",
    key,
  );

function rights(
  name: string,
  { lake, latest, registry, keeper }: ReportArgs,
  principal: Principal,
  context: AzureContext,
  opts: CustomResourceOptions,
): Resource[] {
  const { curated, quarantine } = lake.zones;
  const lists = { role: "Storage Blob Data Reader", principal, condition: listsOnly } as const;
  return [
    grant(
      `${name}-report-lists`,
      context,
      { ...lists, scope: curated.scope, why: "the function counts files by day, and reads none" },
      opts,
    ),
    grant(
      `${name}-report-lists-quarantine`,
      context,
      {
        ...lists,
        scope: quarantine.scope,
        why: "the function counts what was refused, and reads none of it",
      },
      opts,
    ),
    grant(
      `${name}-report-keeps`,
      context,
      {
        role: keeper,
        scope: curated.scope,
        principal,
        condition: changedBelow(reportsFolder),
        why: "the function keeps reports, and writes nothing beside their folder",
      },
      opts,
    ),
    grantItems(`${name}-report-items`, latest, principal, context, opts, "read"),
    ...(registry === null
      ? []
      : [grantItems(`${name}-report-fleet`, registry, principal, context, opts, "read")]),
  ];
}

/** NCRONTAB: second, minute, hour, day, month, weekday; UTC, which the host takes where no time zone is named. */
const timerOf = (schedule: ReportSchedule): string =>
  schedule.every === "day"
    ? `0 0 ${schedule.hourUtc} * * *`
    : `0 0 ${schedule.hourUtc} * * ${weekdays.indexOf(schedule.weekday)}`;
