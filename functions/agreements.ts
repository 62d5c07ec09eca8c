/** What every cloud's stack and the functions in it must agree on. No code of either: both sides import it. */

import type { ParquetCodec } from "./adapters/parquet.ts";
import type { InsightDeclaration } from "./declared-insights/declaration.ts";
import type { Binding, Profile } from "./core/profiles/profile.ts";
import type { ModelFacts } from "./scoring/model-facts.ts";
import type { ScoringModel } from "./scoring/score-message.ts";

/** Lies beside the bundle in the decoder's archive: profiles are data, and larger than an environment variable may be. */
export const settingsFile = "decoder.json";

export interface DecoderSettings {
  readonly tenant: string;
  /** Validated by core/profiles/schema.ts when the environment was composed. */
  readonly profiles: readonly Profile[];
  readonly bindings: readonly Binding[];
  /** Seconds. */
  readonly clockWindow: { readonly behind: number; readonly ahead: number };
  /** Of the files that it writes. Default ZSTD. */
  readonly codec?: ParquetCodec;
}

/** Lies beside the bundle in an enrolment function's archive: roots that devices are to trust, PEM. */
export const rootsFile = "roots.pem";

/**
 * Environment variables of an admission function. `pinned`: ids of the devices that the stack pins, blanks between them;
 * `issuer`: PEM of its intermediate; `claims`: SHA-256 fingerprints of claim certificates, blanks between them.
 */
export const admissionSettings = {
  pinned: "PINNED_DEVICES",
  issuer: "ISSUER_CERTIFICATE",
  claims: "CLAIM_CERTIFICATES",
} as const;

/** Where the summaries of curated files lie; it never holds a table, so that a summary is no event. */
export const manifestFolder = "_manifest";

/** Lies beside the bundle of a function that looks after alarms: rules, checked when the environment was composed. */
export const alarmRulesFile = "alarms.json";

/** Lies beside the bundle of a scoring function, next to the models that it tells of. */
export const modelsFile = "models.json";

/** A model of {@link modelsFile}. */
export interface DeployedModelFile extends ScoringModel {
  /** From there, `models/<sha256>.onnx`. */
  readonly file: string;
  readonly stepSeconds: number | null;
}

/** Lies beside the bundle of the function that works insights out: the declaration, checked when the environment was composed. */
export const insightsFile = "insights.json";

export interface InsightSettings {
  readonly declaration: InsightDeclaration;
  /** Days that files of the curated zone are kept; 0: for ever. */
  readonly retentionDays: number;
  /** Of the files that it writes. */
  readonly codec: ParquetCodec;
}

/** Lies beside the bundle of the function that answers the HTTP API. */
export const askingFile = "asking.json";

/** A model that scores, as the API tells of it. */
export interface ToldModel extends ScoringModel {
  readonly facts: ModelFacts;
}

export interface AskingSettings {
  /** That decode in the environment; found by words. */
  readonly profiles: readonly Profile[];
  /** Ids of the devices that the stack pins. */
  readonly pinned: readonly string[];
  /** Which profile reads which device's files. */
  readonly bindings: readonly Binding[];
  readonly models: readonly ToldModel[];
  /** What the environment is made of, as far as it is known before it is made. */
  readonly resources: readonly ToldResource[];
}

export interface ToldResource {
  readonly component: string;
  readonly name: string;
  readonly inTransit: string | null;
  readonly atRest: string | null;
}

/** Where the tables of declared insights lie in the curated zone, and what is known of them. */
export const insightsFolder = "insights";

/** Below {@link insightsFolder}: hours that files have landed for, `<day>T<hour>/<sha256>` each. */
export const dueFolder = `${insightsFolder}/_due`;

/** Variable of a function that hears of landed files: it marks their hours as due. */
export const insightsOn = "INSIGHTS";

/** Where reports lie in the curated zone, `<when it was due>/report.html` and `.pdf` each; no table, so that a report is no event. */
export const reportsFolder = "_reports";

/** Variable of a function that makes reports: when, how many days they look back on, how many are kept, as JSON. */
export const reportSettings = "REPORTS";
