/** What the AWS stack and the functions in it must agree on. No code of either: both sides import it. */

import type { Binding, Profile } from "./core/profiles/profile.ts";

/** Lies beside the bundle in the decoder's archive: profiles are data, and larger than an environment variable may be. */
export const settingsFile = "decoder.json";

export interface LambdaSettings {
  readonly tenant: string;
  /** Validated by core/profiles/schema.ts when the environment was composed. */
  readonly profiles: readonly Profile[];
  readonly bindings: readonly Binding[];
  /** Seconds. */
  readonly clockWindow: { readonly behind: number; readonly ahead: number };
}

/** CloudWatch namespace and dimension of the functions' own metrics. */
export const metricNamespace = "Fieldlake";
export const metricDimension = "Environment";

/** Where the summaries of curated files lie; it never holds a table, so that a summary is no event. */
export const manifestFolder = "_manifest";

/** The latest-state table: an item a device and metric, and one a device. */
export const latestKeys = { partition: "device_id", sort: "metric", expires: "expires" } as const;

/** The index that finds silent devices; spread, because one partition would bound how often devices may be updated. */
export const seenIndex = {
  name: "by-last-seen",
  partition: "seen_shard",
  sort: "last_seen",
  shards: 16,
} as const;
