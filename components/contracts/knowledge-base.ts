import type { Output } from "@pulumi/pulumi";
import type { KeptPlace } from "./kept-place.ts";
import type { CommonArgs, CommonOutputs, EncryptionState } from "./common.ts";
import type { DeviceFleetOutputs } from "./device-fleet.ts";
import type { EncryptedLakeOutputs } from "./encrypted-lake.ts";
import type { SecureIngestOutputs } from "./secure-ingest.ts";
import type { FunctionBundle, StreamProcessorOutputs } from "./stream-processor.ts";
import type { Binding, Profile } from "../../functions/core/profiles/profile.ts";
import type { AlarmRule } from "../../functions/core/alarm-rule.ts";
import type { ReportDeclaration } from "../../fleet/environment-report/declaration.ts";
import type { InsightDeclaration } from "../../functions/declared-insights/declaration.ts";
import type { DeployedModel } from "../../functions/scoring/deployed.ts";

/** What raises an alarm, and who is told beside the device itself. */
export interface AlarmArgs {
  readonly rules: readonly AlarmRule[];
  /** Seconds between two looks at what came in. */
  readonly everySeconds: number;
  /** HTTPS address that is told of each alarm; null for none. */
  readonly webhook: { readonly url: string; readonly trust: string | null } | null;
}

/** Learned models that score the frames of devices as they come in. */
export interface ScoringArgs {
  readonly models: readonly DeployedModel[];
  /** Seconds between two looks at what came in. */
  readonly everySeconds: number;
}

/**
 * Functions that keep the knowledge fresh where the target runs functions; a target that does it in its own process
 * needs none. `landed`: a file landed in the curated zone. `insight`: on a schedule, who is silent. `declared`: on a
 * schedule, declared insights. `query`: answers SQL. `compaction`: small files become larger ones. `scoring`: models score
 * frames that landed. `report`: on a schedule, reports of the environment. `api`: answers the HTTP API.
 */
export type KnowledgeFunctions = Readonly<
  Partial<
    Record<
      "landed" | "insight" | "declared" | "query" | "compaction" | "scoring" | "report" | "api",
      FunctionBundle
    >
  >
>;

export interface KnowledgeBaseArgs extends CommonArgs {
  readonly lake: EncryptedLakeOutputs;
  readonly ingest: SecureIngestOutputs;
  /** Whose lag and failures it watches. */
  readonly stream: StreamProcessorOutputs;
  /** Whose devices and certificates it reports on; its server certificate serves the page where it is reached from outside. */
  readonly fleet: DeviceFleetOutputs;
  readonly functions: KnowledgeFunctions;
  readonly alarms: AlarmArgs;
  /** What is worked out of the readings on a schedule; null: on the local target the defaults, in a cloud nothing. */
  readonly insights: InsightDeclaration | null;
  readonly scoring: ScoringArgs;
  /** That decode here; found by words where an HTTP API is answered by a function. */
  readonly profiles: readonly Profile[];
  /** Which of them reads which device. */
  readonly bindings: readonly Binding[];
  /** When reports are made by themselves, and how many are kept. */
  readonly reports: ReportDeclaration;
  /** What else the environment is made of, for its page and its API. */
  readonly resources: readonly EncryptionState[];
}

export interface KnowledgeBaseOutputs extends CommonOutputs {
  /** The latest value of each device and metric. */
  readonly latestState: Output<string>;
  /** Where SQL is answered, and in which words. */
  readonly sql: Output<string>;
  readonly dashboardUrl: Output<string>;
  /** Opens the page; a secret. Null where the provider's own sign-in does. */
  readonly dashboardToken: Output<string | null>;
  /** Alarms that rules of `fieldlake:alarms` raise; none without rules. */
  readonly alarmBook: Output<KeptPlace>;
  /** Tokens that programs ask the HTTP API with; none where no API is served. */
  readonly apiTokens: Output<KeptPlace>;
  /** Address of the HTTP API, whose operations are below `api/` of it; the TypeScript client takes it as `url`. Null where there is none. */
  readonly api: Output<string | null>;
  /** Signs what the site tells the webhook of alarms; a secret. Null without one, and where the provider tells it. */
  readonly alarmKey: Output<string | null>;
}
