import {
  all,
  interpolate,
  output,
  unsecret,
  type ComponentResourceOptions,
  type Output,
} from "@pulumi/pulumi";
import { alarmRulesFile, insightsFolder, insightsOn } from "../../functions/agreements.ts";
import { insightTables } from "../../functions/declared-insights/tables.ts";
import { serverlessSqlOfViews } from "../../functions/core/serverless-sql.ts";
import { alarmsOn, insightSchedule, triggers } from "../../functions/azure-agreements.ts";
import { scheduled } from "../../functions/cloud-report/scheduled.ts";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { KeptPlace } from "../contracts/kept-place.ts";
import type { KnowledgeBaseArgs, KnowledgeBaseOutputs } from "../contracts/knowledge-base.ts";
import { ours } from "../shared/ours.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { bundlesOf } from "../shared/function-bundles.ts";
import { scoringPackage } from "../shared/scoring-package.ts";
import { createAlerts } from "./alerts.ts";
import { apiState, createApi } from "./api.ts";
import { appState } from "./app-state.ts";
import type { AzureContext } from "./context.ts";
import { compactionState, createCompaction } from "./compaction.ts";
import { createDashboard } from "./dashboard.ts";
import { createDeclaredInsights, declaredState } from "./declared-insights.ts";
import { DeviceFleet } from "./device-fleet.ts";
import { EncryptedLake } from "./encrypted-lake.ts";
import { grantItems } from "./cosmos-account.ts";
import { createFunctionApp, hubSettings } from "./function.ts";
import { createIdentity } from "./identities.ts";
import { insightRights } from "./insight-rights.ts";
import { createKey } from "./keys.ts";
import { createLanded } from "./landed.ts";
import { createLatestState } from "./latest-state.ts";
import { functionPackage } from "./package.ts";
import { queryOf } from "./query-settings.ts";
import { createQueryFunction } from "./query-function.ts";
import { createReport, reportState } from "./report.ts";
import { createBlobKeeper } from "./roles.ts";
import { createScoring, scoringState } from "./scoring.ts";
import { StreamProcessor } from "./stream-processor.ts";

const batch = 100;

/** Latest values in Cosmos DB, kept by the files that land; insights on a schedule; alerts and a dashboard. */
export class KnowledgeBase extends FieldlakeComponent implements KnowledgeBaseOutputs {
  readonly latestState: Output<string>;
  readonly sql: Output<string>;
  readonly dashboardUrl: Output<string>;
  readonly dashboardToken: Output<string | null> = output(null);
  readonly alarmBook: Output<KeptPlace>;
  readonly api: Output<string | null>;
  readonly apiTokens: Output<KeptPlace>;
  readonly alarmKey: Output<string | null> = output(null);
  readonly encryption: readonly EncryptionState[];
  readonly exceptions: readonly NamedException[] = [];

  constructor(name: string, args: KnowledgeBaseArgs, context: AzureContext, opts?: ComponentResourceOptions) {
    const { environment, protect } = args;
    super("azure", "KnowledgeBase", name, { environment, protect }, opts);
    const lake = ours("lake", args.lake, EncryptedLake, this);
    const stream = ours("stream", args.stream, StreamProcessor, this);
    const fleet = ours("fleet", args.fleet, DeviceFleet, this);
    const bundles = bundlesOf(args.functions, ["landed", "insight"], this);

    const child = { parent: this };
    const stateful = { ...child, protect, retainOnDelete: protect };
    const { settings } = context;
    const key = createKey(`${name}-latest`, "the latest state", context.keys, stateful);
    const { rules, webhook } = args.alarms;
    const { insights: declaration } = args;
    const hasRules = rules.length > 0;
    const latest = createLatestState(name, key, hasRules, context, stateful);
    const landed = createLanded(name, lake.zones, stream.hubs, context, child);
    const identity = createIdentity(
      `${name}-insight`,
      "keeps the latest state and finds silent devices",
      context,
      child,
    );
    // A certificate is public; only the keys beside it make the issuer a secret.
    const issuer = unsecret(args.fleet.issuer).apply(({ certificate }) => certificate);
    createFunctionApp(
      `${name}-insight`,
      {
        storage: [environment, "insight"],
        identity,
        package: functionPackage(bundles, hasRules ? { [alarmRulesFile]: JSON.stringify(rules) } : {}, {
          batch,
          wait: 1,
        }),
        settings: {
          ...hubSettings(
            triggers.landed,
            { host: stream.hubs.host, hub: landed.hub.name, group: landed.group.name },
            identity,
          ),
          TENANT: environment,
          CURATED_CONTAINER: lake.zones.curated.container,
          COSMOS_ENDPOINT: latest.account.documentEndpoint,
          LATEST_DAYS: String(settings.latestStateDays),
          SILENT_MINUTES: String(settings.silentMinutes),
          ISSUER_CERTIFICATE: issuer,
          [insightSchedule]: schedule(settings.insightMinutes),
          ...(hasRules ? { [alarmsOn]: String(rules.length) } : {}),
          ...(declaration === null ? {} : { [insightsOn]: "declared" }),
        },
        memoryMegabytes: 2_048,
        rights: [
          ...insightRights(name, identity, landed, lake, context, child),
          grantItems(`${name}-insight-items`, latest, identity, context, child),
        ],
      },
      context,
      child,
    );
    const bundle = bundlesOf(args.functions, ["compaction"], this)[0]!;
    createCompaction(name, { environment, lake, bundle }, context, child);
    const models = scoringPackage(args, this);
    if (models !== null) {
      const { hubs, messages } = stream;
      createScoring(name, { environment, package: models, lake, hubs, landed, messages }, context, child);
    }
    const reports = scheduled(args.reports);
    const keeper = declaration === null && reports === null ? null : createBlobKeeper(name, context, child);
    if (reports !== null && keeper !== null) {
      const { registry } = fleet;
      const seen = { environment, lake, latest, registry, issuer, keeper, rules: rules.length };
      const bundle = bundlesOf(args.functions, ["report"], this)[0]!;
      createReport(name, { ...seen, bundle, declaration: reports }, context, child);
    }
    if (declaration !== null && keeper !== null)
      createDeclaredInsights(
        name,
        {
          ...{
            environment,
            lake,
            declaration,
            keeper,
            bundle: bundlesOf(args.functions, ["declared"], this)[0]!,
          },
          schedule: schedule(settings.insightMinutes),
        },
        context,
        child,
      );
    const topics = context.broker === null ? {} : { messages: context.broker.topic.id };
    const runs = { compaction: true, insights: declaration !== null };
    const watched = { environment, hubs: stream.hubs, topics, hasRules, webhook, runs };
    createAlerts(name, watched, context, child);

    this.latestState = interpolate`${latest.account.documentEndpoint}dbs/${latest.database.name}`;
    this.alarmBook = hasRules
      ? all([latest.account.documentEndpoint, latest.database.name]).apply(
          ([endpoint, database]) => ({ kind: "azure-cosmos", endpoint, database }) as const,
        )
      : output({ kind: "none" });
    const callers = queryOf(settings);
    this.sql =
      callers.kind === "none"
        ? interpolate`${lake.queryHint}${insightViews(settings, declaration !== null)}`
        : createQueryFunction(
            name,
            { environment, lake, callers, bundle: bundlesOf(args.functions, ["query"], this)[0]! },
            context,
            child,
          );
    this.dashboardUrl = createDashboard(name, environment, context, child);
    const states: readonly EncryptionState[] = [
      {
        component: "KnowledgeBase",
        name: "latest state",
        detail: this.latestState,
        inTransit: "TLS 1.2 or later, Entra identities only",
        atRest: "AES-256 (customer key)",
        keyId: key.uri,
      },
      appState("KnowledgeBase", "insight functions", "their package, leases and checkpoints", context.key),
      compactionState(context.key),
      ...(models === null ? [] : [scoringState(context.key)]),
      ...(declaration === null ? [] : [declaredState(context.key)]),
      ...(reports === null ? [] : [reportState(context.key)]),
      ...(callers.kind === "none"
        ? []
        : [appState("KnowledgeBase", "query function", this.sql, context.key)]),
    ];
    const resources = [...args.resources, ...states];
    const api = createApi(name, { ...args, lake, latest, fleet, resources }, context, child);
    this.api = api?.url ?? output(null);
    this.apiTokens = api?.tokens.place ?? output({ kind: "none" } as const);
    this.encryption = [...states, ...(api === null ? [] : apiState(api, key.uri, context.key))];
    this.registerOutputs({
      latestState: this.latestState,
      sql: this.sql,
      dashboardUrl: this.dashboardUrl,
      dashboardToken: this.dashboardToken,
      alarmBook: this.alarmBook,
      api: this.api,
      apiTokens: this.apiTokens,
      alarmKey: this.alarmKey,
      encryption: this.encryption,
      exceptions: this.exceptions,
    });
  }
}

/** NCRONTAB: second, minute, hour, day, month, weekday. */
const schedule = (minutes: number): string => (minutes === 60 ? "0 0 * * * *" : `0 */${minutes} * * * *`);

/** Synapse knows a table by its view; DuckDB, and the query function, by its folder. */
const insightViews = ({ serverlessSql }: AzureContext["settings"], areDeclared: boolean): string =>
  areDeclared && serverlessSql !== undefined ? serverlessSqlOfViews(insightTables, insightsFolder) : "";
