/** What the page and the server say to each other: JSON over HTTP. Types only, so that both sides may import it. */
import type {
  BrokerStats,
  DeviceState,
  EnvironmentResource,
  LakeStats,
  LogStats,
  PipelineStats,
  QueryResult,
} from "../ports.ts";

/** Every answer that is not 2xx. `message` is for people: what was received, what is allowed. */
export interface ApiError {
  readonly error: { readonly code: string; readonly message: string };
}

/** GET /api/summary: asked every other second; cheap. */
export interface Summary {
  /** The site's clock, milliseconds since 1970. */
  readonly now: number;
  readonly environment: string;
  readonly target: string;
  /** Of the page's files: another one means that a reload brings a newer page. */
  readonly pageVersion: string;
  readonly fleet: FleetCounts;
  readonly broker: BrokerStats;
  readonly pipeline: PipelineStats;
  readonly log: LogStats | null;
  /** All zones. */
  readonly stored: { readonly files: number; readonly bytes: number };
}

/** Each device counts once: revoked before online before offline; silent ones never said anything. */
export interface FleetCounts {
  readonly total: number;
  readonly connected: number;
  readonly online: number;
  readonly offline: number;
  readonly silent: number;
  readonly revoked: number;
}

/** GET /api/fleet?search=&limit= */
export interface Fleet {
  readonly now: number;
  readonly total: number;
  readonly matching: number;
  readonly devices: readonly DeviceState[];
}

/** GET /api/rate?minutes=: rows per minute of arrival; minutes without rows are 0. */
export interface Rate {
  /** Start of each minute, milliseconds since 1970, ascending; the last one still runs. */
  readonly minutes: readonly number[];
  readonly rows: readonly number[];
}

/** GET /api/busiest: the device to begin with, which sent most rows lately; null where there is none. */
export interface Busiest {
  readonly device: string | null;
}

/** A value as the lake holds it; 64-bit integers as text, because a double can't hold them. */
export type LatestValue =
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "int"; readonly value: string }
  | { readonly kind: "bool"; readonly value: boolean }
  /** At most 200 characters; also a double that is no number: `NaN`, `Infinity`. */
  | { readonly kind: "text"; readonly value: string }
  /** `value`: the first 32 bytes as hex. */
  | { readonly kind: "bytes"; readonly value: string; readonly length: number }
  /** The reading is bad: there is none. */
  | { readonly kind: "none" };

export interface LatestRow {
  readonly device: string;
  readonly sub: string | null;
  readonly metric: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value: LatestValue;
  readonly unit: string | null;
  /** 0 good, 1 uncertain, 2 bad, 3 stale. */
  readonly quality: number;
}

export type LatestOrder = "device" | "metric" | "value" | "time";

/** GET /api/latest?search=&order=&descending=&limit= */
export interface Latest {
  readonly matching: number;
  readonly rows: readonly LatestRow[];
}

/** One plottable or textual series of a device. */
export interface Metric {
  /** `readings`, or the wide table it is a column of. */
  readonly table: string;
  readonly sub: string | null;
  readonly metric: string;
  readonly unit: string | null;
  /** Oldest and newest value, milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly values: number;
  /** `other`: text or bytes, which have no plot. */
  readonly kind: "number" | "boolean" | "other";
}

/** GET /api/metrics?device= */
export interface Metrics {
  readonly device: string;
  readonly metrics: readonly Metric[];
}

/** GET /api/series?device=&metric=&table=&sub=&from=&to=&points= : one bucket an entry, empty ones left out. */
export interface Series {
  readonly from: number;
  readonly to: number;
  /** Width of a bucket, milliseconds. */
  readonly bucket: number;
  /** Values in the range. */
  readonly values: number;
  /** Mean time of the bucket's values, milliseconds since 1970, ascending. */
  readonly time: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly mean: readonly number[];
}

export interface QuarantineItem {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly received: number;
  readonly device: string;
  readonly channel: string;
  readonly reason: string;
  readonly detail: string;
  readonly codec: string;
  readonly codecVersion: string;
  /** Hex. */
  readonly payload: string;
}

/** GET /api/quarantine?limit=&before= : newest first. */
export interface Quarantine {
  readonly entries: readonly QuarantineItem[];
  /** `before` of the next page; null on the last. */
  readonly next: string | null;
  /** Of all entries, largest first; on the first page only. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
}

export interface LakeFile {
  readonly zone: string;
  readonly path: string;
  readonly bytes: number;
  /** Null in the raw zone. */
  readonly rows: number | null;
  /** Oldest row, milliseconds since 1970; null in the raw zone. */
  readonly from: number | null;
  /** Newest row or message, milliseconds since 1970. */
  readonly to: number;
}

/** GET /api/lake: sizes; `files` are the newest 200. */
export interface LakeView extends LakeStats {
  readonly files: readonly LakeFile[];
  readonly log: LogStats | null;
}

/** GET /api/environment */
export interface EnvironmentView {
  readonly name: string;
  readonly target: string;
  readonly resources: readonly EnvironmentResource[];
}

/** GET /api/schema: the views that a query may name. */
export interface Schema {
  readonly tables: readonly {
    readonly name: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
}

/** POST /api/query */
export interface QueryRequest {
  readonly sql: string;
  /** Default 1,000, at most 10,000. */
  readonly maxRows?: number;
}
export type QueryAnswer = QueryResult;
