import { interpolate, output, unsecret, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { KeptPlace } from "../contracts/kept-place.ts";
import type {
  KnowledgeBaseArgs,
  KnowledgeBaseOutputs,
  KnowledgeFunctions,
} from "../contracts/knowledge-base.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { ours } from "../shared/ours.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { scoringPackage } from "../shared/scoring-package.ts";
import { bundlesOf } from "../shared/function-bundles.ts";
import { refuse } from "../shared/validate.ts";
import { createAlarmTable, noAlarms } from "./alarm-table.ts";
import { createAlarms, createAlarmTopic } from "./alarms.ts";
import { createApi } from "./api.ts";
import { compactionState, createCompaction } from "./compaction.ts";
import type { AwsContext } from "./context.ts";
import { createDashboard } from "./dashboard.ts";
import { createDeclaredInsights } from "./declared-insights.ts";
import { DeviceFleet } from "./device-fleet.ts";
import type { BuiltFunction } from "./function.ts";
import { EncryptedLake } from "./encrypted-lake.ts";
import { createInsight } from "./insight.ts";
import { createLanded } from "./landed.ts";
import { createLatestState } from "./latest-state.ts";
import { arn } from "./names.ts";
import { redeliver } from "./redelivery.ts";
import { createReports, reportState } from "./report.ts";
import { createScoring, scoringState } from "./scoring.ts";
import { SecureIngest } from "./secure-ingest.ts";
import { StreamProcessor } from "./stream-processor.ts";

/** Latest values in DynamoDB, kept by the files that land; insights on a schedule; alarms and a dashboard. */
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

  constructor(name: string, args: KnowledgeBaseArgs, context: AwsContext, opts?: ComponentResourceOptions) {
    const { environment, protect } = args;
    super("aws", "KnowledgeBase", name, { environment, protect }, opts);
    const lake = ours("lake", args.lake, EncryptedLake, this);
    const stream = ours("stream", args.stream, StreamProcessor, this);
    const ingest = ours("ingest", args.ingest, SecureIngest, this);
    const bundles = bothFunctions(args.functions, this);

    const child = { parent: this };
    const { curated } = lake.zones;
    const { keyArn } = curated;
    const stateful = { ...child, protect, retainOnDelete: protect };
    const latest = createLatestState(name, keyArn, protect, stateful);
    const topic = createAlarmTopic(name, args.alarms.webhook, context, child);
    const { rules } = args.alarms;
    const book =
      rules.length === 0
        ? null
        : createAlarmTable(name, { rules, topic, keyArn, protect }, context, stateful);
    const alarms = book?.use ?? noAlarms;
    const landed = createLanded(
      name,
      { environment, bundle: bundles.landed, curated, latest, alarms, marksDue: args.insights !== null },
      context,
      child,
    );
    // A certificate is public; only the keys beside it make the issuer a secret.
    const issuer = unsecret(args.fleet.issuer).apply(({ certificate }) => certificate);
    const insight = createInsight(
      name,
      { environment, bundle: bundles.insight, latest, keyArn, issuer, alarms },
      context,
      child,
    );
    const models = scoringPackage(args, this);
    const scoring =
      models === null
        ? null
        : createScoring(
            name,
            { environment, package: models, curated, stream: stream.streamId },
            context,
            child,
          );
    const declared = declaredOf(name, args, lake, context, this);
    const compaction = compactionOf(name, args, lake, context, this);
    const fleet = ours("fleet", args.fleet, DeviceFleet, this);
    const registry = fleet.overTheWire?.registry ?? null;
    const seen = { lake, latest, registry, issuer, alarmTable: book?.name ?? null };
    const report = createReports(name, { ...args, ...seen }, context, child);
    const watched = {
      environment,
      stream,
      deadLetters: {
        ingest: ingest.deadLetterQueue,
        decoder: stream.decoder.deadLetter.name,
        ...stream.uploaded.undelivered,
        landed: landed.built.deadLetter.name,
        "landed-events": landed.undelivered.name,
        insight: insight.deadLetter.name,
        ...scoring?.undelivered,
        ...(declared === null ? {} : { "declared-insights": declared.deadLetter.name }),
        ...(compaction === null ? {} : { compaction: compaction.deadLetter.name }),
        ...(report === null ? {} : { report: report.deadLetter.name }),
      },
      runs: { compaction: compaction !== null, insights: declared !== null },
    };
    createAlarms(name, watched, topic, context, child);
    redeliver(name, stream.decoder, ingest.deadLetterQueue, context, child);

    this.alarmBook =
      book === null
        ? output({ kind: "none" })
        : book.name.apply((table) => ({ kind: "aws-dynamodb", region: context.region, table }) as const);
    this.latestState = arn(context, "dynamodb", interpolate`table/${latest.name}`);
    this.sql = lake.queryHint;
    this.dashboardUrl = createDashboard(name, watched, context, child);
    const states: readonly EncryptionState[] = [
      {
        component: "KnowledgeBase",
        name: "latest state",
        detail: this.latestState,
        inTransit: "TLS 1.2 or later",
        atRest: "AES-256 (SSE-KMS)",
        keyId: keyArn,
      },
      {
        component: "KnowledgeBase",
        name: "alarms",
        detail: arn(context, "sns", topic.name),
        inTransit: "TLS 1.2 or later, plain text denied",
        atRest: "AES-256 (SSE-KMS)",
        keyId: context.key.arn,
      },
      ...(compaction === null ? [] : [compactionState(compaction, context)]),
      ...(scoring === null ? [] : [scoringState(scoring, context)]),
      ...(report === null ? [] : [reportState(curated)]),
      ...(book === null
        ? []
        : [keptAlarms(arn(context, "dynamodb", interpolate`table/${book.name}`), keyArn)]),
    ];
    const resources = [...args.resources, ...states];
    const asked = { ...args, ...seen, report, resources, pinned: fleet.pinnedIds };
    const asking = createApi(name, asked, context, child);
    this.api = asking?.url ?? output(null);
    this.apiTokens = asking?.tokens ?? output({ kind: "none" } as const);
    this.encryption = [...states, ...(asking?.encryption ?? [])];
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

function declaredOf(
  name: string,
  { environment, insights, functions }: KnowledgeBaseArgs,
  lake: EncryptedLake,
  context: AwsContext,
  parent: KnowledgeBase,
): BuiltFunction | null {
  if (insights === null) return null;
  const [bundle] = bundlesOf(functions, ["declared"], parent) as [FunctionBundle];
  return createDeclaredInsights(name, { environment, bundle, lake, declaration: insights }, context, {
    parent,
  });
}

/** S3 Tables merge files of their own: with them, those of the curated zone are read by the table's merge alone. */
function compactionOf(
  name: string,
  { environment, functions }: KnowledgeBaseArgs,
  lake: EncryptedLake,
  context: AwsContext,
  parent: KnowledgeBase,
): BuiltFunction | null {
  if (context.settings.tableFormat === "iceberg") return null;
  const [bundle] = bundlesOf(functions, ["compaction"], parent) as [FunctionBundle];
  return createCompaction(name, { environment, bundle, zones: lake.zones }, context, { parent });
}

const keptAlarms = (detail: Output<string>, keyId: EncryptionState["keyId"]): EncryptionState => ({
  component: "KnowledgeBase",
  name: "alarm book",
  detail,
  inTransit: "TLS 1.2 or later",
  atRest: "AES-256 (SSE-KMS)",
  keyId,
});

function bothFunctions(
  { landed, insight }: KnowledgeFunctions,
  resource: KnowledgeBase,
): Readonly<Record<"landed" | "insight", FunctionBundle>> {
  const missing = { landed, insight };
  refuse(
    Object.entries(missing)
      .filter(([, bundle]) => bundle === undefined)
      .map(([role]) => `functions.${role}: received nothing; allowed: a bundle of functions/build.ts`),
    resource,
  );
  return { landed: landed as FunctionBundle, insight: insight as FunctionBundle };
}
