import type { Resource } from "@pulumi/pulumi";
import { interpolate, type CustomResourceOptions, type Output } from "@pulumi/pulumi";
import {
  askingFile,
  insightsFolder,
  manifestFolder,
  reportSettings,
  reportsFolder,
  type AskingSettings,
} from "../../functions/agreements.ts";
import { alarmSettings, answersFolder } from "../../functions/aws-agreements.ts";
import { offlineFolder } from "../../functions/core/files/upload-key.ts";
import { quarantineTable, readingsTable } from "../../functions/core/table.ts";
import { scheduled } from "../../functions/cloud-report/scheduled.ts";
import type { EncryptionState } from "../contracts/common.ts";
import type { KnowledgeBaseArgs } from "../contracts/knowledge-base.ts";
import type { KeptPlace } from "../contracts/kept-place.ts";
import type { FunctionBundle } from "../contracts/stream-processor.ts";
import { bundlesOf } from "../shared/function-bundles.ts";
import { toldModels } from "../shared/told-models.ts";
import { toldResources } from "../shared/told-resources.ts";
import type { AwsContext } from "./context.ts";
import type { EncryptedLake } from "./encrypted-lake.ts";
import { registryUse, type FleetRegistryTable } from "./fleet-registry.ts";
import { createFunction, type BuiltFunction } from "./function.ts";
import { createHttpApi } from "./http-api.ts";
import { arn, bucketArn } from "./names.ts";
import type { Statement } from "./policy-document.ts";
import { useKey } from "./roles.ts";
import { apiConcurrency } from "./settings.ts";
import { createTokenTable, type TokenTable } from "./token-table.ts";

export interface ApiArgs extends Pick<
  KnowledgeBaseArgs,
  "environment" | "protect" | "functions" | "profiles" | "bindings" | "reports" | "scoring" | "resources"
> {
  readonly lake: EncryptedLake;
  /** Ids of the devices that the stack pins. */
  readonly pinned: readonly string[];
  /** Name of the alarm book's table; null where there are no rules. */
  readonly alarmTable: Output<string> | null;
  /** Null where it is kept on a machine. */
  readonly registry: FleetRegistryTable | null;
  /** Null where no report is made by itself. */
  readonly report: BuiltFunction | null;
}

export interface AskingApi {
  /** Its operations are below `api/` of it. */
  readonly url: Output<string>;
  readonly tokens: Output<KeptPlace>;
  readonly encryption: readonly EncryptionState[];
}

/** What comes in a second, of all callers; beyond it the gateway answers 429, and clients ask again. */
const throttle = { throttlingRateLimit: 50, throttlingBurstLimit: 100 };
/** Below what API Gateway waits for, so that it is the function that says what took too long. */
const timeoutSeconds = 29;

/** Null where the stack wants none. The HTTP API: a function that knows by a table of tokens who asks, and reads rows that it may show. */
export function createApi(
  name: string,
  args: ApiArgs,
  context: AwsContext,
  opts: CustomResourceOptions & { readonly parent: Resource },
): AskingApi | null {
  if (context.settings.api === "none") return null;
  const { environment, functions, profiles, bindings, pinned, lake, alarmTable, registry, protect } = args;
  const [bundle] = bundlesOf(functions, ["api"], opts.parent) as [FunctionBundle];
  const declared = scheduled(args.reports);
  const { raw, curated, quarantine, results } = lake.zones;
  const { keyArn } = curated;
  const stateful = { ...opts, protect, retainOnDelete: protect };
  const tokens = createTokenTable(name, { keyArn, protect }, context, stateful);
  const settings: AskingSettings = {
    ...{ profiles, bindings, pinned, models: toldModels(args.scoring) },
    resources: toldResources(args.resources),
  };
  const built = createFunction(
    `${name}-api`,
    {
      description: "answers the HTTP API",
      bundle,
      files: { [askingFile]: JSON.stringify(settings) },
      environment: {
        TENANT: environment,
        CURATED_BUCKET: curated.name,
        QUARANTINE_BUCKET: quarantine.name,
        RAW_BUCKET: raw.name,
        RESULTS_BUCKET: results.name,
        TOKEN_TABLE: tokens.name,
        ...(alarmTable === null ? {} : { [alarmSettings.table]: alarmTable }),
        ...(registry === null ? {} : { FLEET_TABLE: registry.name }),
        ...(declared === null ? {} : { [reportSettings]: JSON.stringify(declared) }),
        ...(args.report === null ? {} : { REPORT_FUNCTION: args.report.function.name }),
      },
      architecture: "x86_64",
      memoryMegabytes: 2_048,
      // Files that are kept for the next question, an export, and what does not fit into memory.
      diskMegabytes: 2_048,
      timeoutSeconds,
      reservedConcurrency: apiConcurrency,
      permissions: permissions(args, tokens, context),
    },
    context,
    opts,
  );
  const { api } = createHttpApi(
    `${name}-asking`,
    {
      description: `Fieldlake: the API of ${environment}`,
      // Whoever asks shows a token, to the function.
      ...{
        function: built.function,
        throttle,
        routes: { get: "GET /api/{proxy+}", post: "POST /api/{proxy+}" },
      },
    },
    context,
    opts,
  );
  const { region } = context;
  return {
    url: interpolate`${api.apiEndpoint}/`,
    tokens: tokens.name.apply((table): KeptPlace => ({ kind: "aws-dynamodb", region, table })),
    encryption: [
      {
        ...{ component: "KnowledgeBase", name: "HTTP API" },
        detail: interpolate`${api.apiEndpoint}, Lambda ${built.function.name}: code, logs, disk`,
        ...{ inTransit: "TLS 1.2 or later", atRest: "AES-256 (KMS)", keyId: context.key.arn },
      },
      {
        ...{ component: "KnowledgeBase", name: "API tokens", detail: tokens.arn },
        ...{ inTransit: "TLS 1.2 or later", atRest: "AES-256 (SSE-KMS), hashes only", keyId: keyArn },
      },
    ],
  };
}

function permissions(
  { lake, alarmTable, registry, report, reports }: ApiArgs,
  tokens: TokenTable,
  context: AwsContext,
): { readonly data: readonly Statement[]; readonly keys: readonly Statement[] } {
  const { raw, curated, quarantine, results } = lake.zones;
  const kept = scheduled(reports) === null ? [] : [reportsFolder];
  const rows = [readingsTable.name, "frames_*", manifestFolder, insightsFolder, ...kept];
  const fleet =
    registry === null || context.fleetKey === null
      ? null
      : registryUse(registry, "list", context.fleetKey, context);
  const below = (bucket: Output<string>, folder: string) =>
    bucketArn(context, interpolate`${bucket}/${folder}/*`);
  return {
    data: [
      ...tokens.lookUp.data,
      {
        Sid: "SeeFiles",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: [curated, quarantine].map(({ name }) => bucketArn(context, name)),
      },
      {
        Sid: "ReadRows",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: [
          ...rows.map((folder) => below(curated.name, folder)),
          ...[quarantineTable.name, manifestFolder].map((folder) => below(quarantine.name, folder)),
        ],
      },
      {
        // The bucket takes nothing in the place of what is there.
        Sid: "TakeFiles",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: below(raw.name, offlineFolder),
      },
      {
        Sid: "SeeTakenFiles",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucketArn(context, raw.name),
        Condition: { StringLike: { "s3:prefix": `${offlineFolder}/*` } },
      },
      {
        // Links that the function gives out read as the function.
        Sid: "PutAnswersAside",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: below(results.name, answersFolder),
      },
      ...(alarmTable === null
        ? []
        : [
            {
              Sid: "LookAfterAlarms",
              Effect: "Allow" as const,
              Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
              Resource: arn(context, "dynamodb", interpolate`table/${alarmTable}`),
            },
          ]),
      ...(report === null
        ? []
        : [
            {
              Sid: "AskForReports",
              Effect: "Allow" as const,
              Action: "lambda:InvokeFunction",
              Resource: arn(context, "lambda", interpolate`function:${report.function.name}`),
            },
          ]),
      ...(fleet === null ? [] : [fleet.data]),
    ],
    keys: [
      ...tokens.lookUp.keys,
      // Answers that are put aside lie under the key of curated rows, as the alarm book does.
      useKey(context, "ReadRows", curated.keyArn, "readWrite", ["s3", "dynamodb"]),
      useKey(context, "TakeFiles", raw.keyArn, "write", ["s3"]),
      useKey(context, "ReadQuarantine", quarantine.keyArn, "read", ["s3"]),
      ...(fleet === null ? [] : [fleet.key]),
    ],
  };
}
