/**
 * The seams of the site process. Each module implements one of these and is handed the others;
 * `site/main.ts` is the only place that knows all of them.
 *
 *   broker ──append──▶ log ──batches──▶ pipeline (decode workers) ──packed rows──▶ lake ──▶ console, control
 */
import type { Micros } from "../functions/core/model.ts";

/** A message as the broker accepted it, before anybody looked inside. */
export interface Arrival {
  readonly deviceId: string;
  /** The topic below `devices/{id}/`: `telemetry`, `telemetry/imu`, `events`, `status`, `commands/x/ack`. */
  readonly channel: string;
  readonly payload: Uint8Array;
  readonly receivedAt: Micros;
  /** Where in which uploaded file it stood (site/uploads/upload-place.ts); absent where it came live. */
  readonly uploadedFrom?: string;
}

/** A place in the ingest log: segments are numbered from 1, offsets are record numbers within the segment. Totally ordered. */
export interface LogPosition {
  readonly segment: number;
  readonly record: number;
}

/** Consecutive committed records of one segment, in order. `next` is the position behind the last of them. */
export interface LogBatch {
  readonly from: LogPosition;
  readonly next: LogPosition;
  /** The records as the log keeps them (site/log/record.ts), one behind the other. */
  readonly bodies: readonly Uint8Array[];
  /** The records one by one, read when first asked for. */
  readonly arrivals: readonly Arrival[];
  /** Payload and header bytes, for back-pressure. */
  readonly bytes: number;
}

/** The sealed write-ahead log: what `append` acknowledged survives kill -9 and power loss. */
export interface IngestLog {
  /**
   * Resolves once the record is synced to disk (group commit). Rejects with {@link LogFullError} where the disk
   * takes no more: the message must then not be acknowledged. Never resolves while the consumer is further
   * behind than the configured bytes: that is the back-pressure.
   */
  append(arrival: Arrival): Promise<void>;
  /** Committed batches from `position` on, live for ever, until `close` or `signal`. One consumer at a time. */
  read(from: LogPosition, signal?: AbortSignal): AsyncIterable<LogBatch>;
  /** Everything before `position` is safe in the lake: its segments move to the raw zone. */
  release(position: LogPosition): Promise<void>;
  /** The first position that was not released. */
  readonly start: LogPosition;
  stats(): LogStats;
  close(): Promise<void>;
}

export interface LogStats {
  readonly appended: number;
  readonly bytes: number;
  readonly segments: number;
  /** Records committed but not yet released. */
  readonly lag: number;
  /** Records lost to a torn tail that was never acknowledged, or to damage (with `damaged` > 0 something was). */
  readonly tornTail: number;
  readonly damaged: number;
}

/** Counters that never go down while the data folder lives. */
export interface PipelineStats {
  /** Messages taken from the log. */
  readonly messages: number;
  readonly rows: number;
  readonly frames: number;
  readonly quarantined: number;
  readonly duplicates: number;
}

export interface QueryColumn {
  readonly name: string;
  /** DuckDB's name of the type. */
  readonly type: string;
}

export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  /** JSON-safe values: 64-bit integers and timestamps as text, blobs as hex. */
  readonly rows: readonly (readonly unknown[])[];
  /** True where `maxRows` cut the answer. */
  readonly truncated: boolean;
  readonly milliseconds: number;
  /** The time whose rows were looked at, where the lake bounds it itself. */
  readonly range?: AskedRange;
  /** Paths of damaged files that the answer is without, where the lake can't set them aside; absent where there are none. */
  readonly leftOut?: readonly string[];
}

/** From that time on, and before the other; null: whatever came since. */
export interface AskedRange {
  readonly from: Micros;
  readonly to: Micros | null;
}

export interface QueryOptions {
  readonly parameters?: readonly (string | number | boolean | null)[];
  /** Default 10,000. */
  readonly maxRows?: number;
  /** Default 30,000 ms; the query is interrupted behind it. */
  readonly timeoutMs?: number;
  /** Default: everything. */
  readonly scope?: QuestionScope;
  /** The statement is of somebody who must see nothing beyond `scope`: only views and computing functions are allowed. */
  readonly judged?: boolean;
  /** What its tables may have of files in the range; default: any number. */
  readonly scan?: ScanLimits;
}

/** Which rows a question sees. */
export interface QuestionScope {
  /** Ids, and patterns in which `*` stands for any characters; null: every device. */
  readonly devices: readonly string[] | null;
  /** Rows of this environment only; default: of all that are there. */
  readonly tenant?: string;
  /** From this time on, and before that one: of a row's own time, in quarantine of arrival. */
  readonly from?: Micros;
  readonly to?: Micros;
  /** Tables whose rows are seen whatever their time. */
  readonly timeless?: readonly string[];
}

export interface ScanLimits {
  readonly files: number;
  readonly bytes: number;
}

/** Forms that whole answers are written in. */
export type ExportFormat = "parquet" | "csv" | "ndjson";

/** What the console, the control interface and the command line may ask of the lake. Read-only by construction. */
export interface LakeReader {
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /** Write the answer as plain Parquet (an export the user asked for) to a file that must not exist. */
  exportParquet(sql: string, file: string): Promise<{ rows: number }>;
  /** The whole answer, plain, in a file that the caller removes when it was read. Rejects where it grows over `maxBytes`. */
  exportDraft(sql: string, options: DraftOptions): Promise<Draft>;
  /** Resolves when everything committed to the log so far is in Parquet files and the manifest. */
  flush(): Promise<void>;
  stats(): Promise<LakeStats>;
  /** Newest first: by the newest row, or, in the raw zone, by when the file got its last message. */
  files(options: { limit: number }): Promise<readonly StoredFile[]>;
  quarantine(options: {
    limit: number;
    before?: string;
    scope?: QuestionScope;
  }): Promise<readonly QuarantineEntry[]>;
}

/** What the API asks of a lake, wherever it lies. */
export type AskedLake = Pick<LakeReader, "query" | "exportDraft" | "quarantine">;

export interface Draft {
  readonly file: string;
  readonly rows: number;
  /** As {@link QueryResult} has it. */
  readonly range?: AskedRange;
}

export interface DraftOptions extends Omit<QueryOptions, "maxRows"> {
  readonly format: ExportFormat;
  readonly maxBytes: number;
}

export interface LakeStats {
  readonly zones: readonly { zone: "raw" | "curated" | "quarantine"; files: number; bytes: number }[];
  readonly tables: readonly { table: string; files: number; rows: number; bytes: number }[];
  readonly pipeline: PipelineStats;
}

/** A file of the lake. */
export interface StoredFile {
  readonly zone: "raw" | "curated" | "quarantine";
  /** Relative to the lake's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Null in the raw zone, whose files hold messages as they came. */
  readonly rows: number | null;
  /** Time of the oldest row; null in the raw zone. */
  readonly oldest: Micros | null;
  readonly newest: Micros;
}

export interface QuarantineEntry {
  readonly id: string;
  readonly receivedAt: Micros;
  readonly deviceId: string;
  readonly channel: string;
  readonly reason: string;
  readonly detail: string;
  readonly codec: string;
  readonly codecVersion: string;
  /** At most 64 KiB. */
  readonly payload: Uint8Array;
}

/** One device as the page and `fieldlake status` show it. */
export interface DeviceState {
  readonly deviceId: string;
  readonly profile: string | null;
  readonly pinned: boolean;
  /** An open MQTT session right now; null where the broker is not asked, which a cloud's is not. */
  readonly connected: boolean | null;
  /** From the retained status topic: what the device said of itself, `null` before it said anything. */
  readonly online: boolean | null;
  readonly lastSeen: Micros | null;
  /** Null where the registry is not asked. */
  readonly revoked: boolean | null;
  readonly certificateNotAfter: Micros | null;
}

export interface BrokerStats {
  readonly connected: number;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly published: number;
}

export interface FleetView {
  devices(): readonly DeviceState[];
  stats(): BrokerStats;
}

/** A resource of the environment, as the page lists it with its encryption state. */
export interface EnvironmentResource {
  readonly component: string;
  readonly name: string;
  readonly detail: string;
  readonly inTransit: string | null;
  readonly atRest: string | null;
  readonly keyId: string | null;
}
