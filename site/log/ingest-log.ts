/** The sealed write-ahead log of docs/architecture.md: group commit, back-pressure, recovery and hand-over to the raw zone. */
import type { IngestLog, LogPosition } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import type { CommitListener } from "./group.ts";
import { logPurpose } from "./raw-zone.ts";
import type { ArrivalSource } from "./record.ts";
import { type DamageReport, recoverSegments } from "./recovery.ts";
import { SealedIngestLog } from "./sealed-ingest-log.ts";
import type { OpenFile } from "./segment-writer.ts";

export type { CommitListener } from "./group.ts";
export type { ArrivalSource } from "./record.ts";
export type { DamageReport } from "./recovery.ts";
export { LogClosedError, LogFullError, LogKeyError, LogWriteError } from "./errors.ts";
export { readSegment } from "./raw-zone.ts";

export interface LogLimits {
  /** A segment that has reached it is closed. Default 16 MiB. */
  readonly segmentBytes: number;
  /** Most of one group commit, and so of what a sync carries. Default 4 MiB. */
  readonly groupBytes: number;
  /** How far the consumer may be behind before appending waits. Default 32 MiB. */
  readonly backlogBytes: number;
}

export interface IngestLogOptions {
  readonly folder: string;
  /** Released segments move there; on the same file system. */
  readonly rawFolder: string;
  readonly keyring: Keyring;
  readonly limits?: Partial<LogLimits>;
  /** The consumer's checkpoint: segment numbers go on behind it even where the folder was emptied. */
  readonly after?: LogPosition;
  /** Told of each stretch that could not be opened; default: only counted. */
  readonly onDamage?: (report: DamageReport) => void;
  /** Default `open` of node:fs/promises; a test hands in a disk that fails. */
  readonly openFile?: OpenFile;
}

/** What the broker needs beyond {@link IngestLog}: no promise for each message, and when to stop reading sockets. */
export interface SegmentLog extends IngestLog {
  /** Names where records come from; keep it, it is what makes appending cheap. */
  source(deviceId: string, channel: string): ArrivalSource;
  /**
   * Copies `bytes[start, end)` into the group that the next sync carries and returns the group's number; `listener` hears
   * of the group once. Throws LogClosedError. Takes records even while {@link congested}: the caller stops.
   */
  enqueue(
    source: ArrivalSource,
    bytes: Uint8Array,
    start: number,
    end: number,
    receivedAt: number,
    listener: CommitListener,
  ): number;
  /** Closes the segment at hand: what it holds goes to the raw zone once it is safe in the lake, and not only with its hour. */
  endSegment(): Promise<void>;
  /** Behind the last record that is committed. */
  readonly end: LogPosition;
  /** The consumer or the disk is too far behind: append nothing until {@link drained}. */
  readonly congested: boolean;
  drained(): Promise<void>;
}

/** Opens the log and recovers what a crash left. Throws LogKeyError where the key file is not the folder's. */
export async function openIngestLog(options: IngestLogOptions): Promise<SegmentLog> {
  const { folder, keyring, onDamage } = options;
  const recovery = await recoverSegments(folder, keyring, logPurpose);
  for (const report of recovery.damage) onDamage?.(report);
  const log = new SealedIngestLog(options, recovery);
  await log.begin();
  return log;
}
