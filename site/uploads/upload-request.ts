/** What is asked for with a file, what is said of it, and which of it is allowed. */
import { createHash } from "node:crypto";
import { deviceIdPattern, parseTopic, topicOf } from "../../functions/core/envelope.ts";
import { ClockRepair, ClockRepairError } from "../../functions/core/files/clock-repair.ts";
import { logChannel } from "../../functions/core/files/upload-key.ts";

export interface UploadRequest {
  /** Of the whole file; lower-case hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** As its owner calls it; only ever shown. */
  readonly name: string;
  readonly deviceId: string;
  /** Channel that its records would have come on live. */
  readonly channel: string;
  /** How the file's clock is put right, as {@link ClockRepair.text}; null: its times are right. */
  readonly clock: string | null;
}

/** What became of a file. */
export interface UploadReport extends UploadRequest {
  readonly profile: string;
  /** What its records came in; null: as they are. */
  readonly container: "gzip" | "zstd" | "parquet" | null;
  readonly messages: number;
  /** Messages that the lake had already. */
  readonly known: number;
  /** Rows of the new messages; null in reports that were made before this was counted. */
  readonly rows: number | null;
  /** New messages that no decoder takes: they are in quarantine. */
  readonly quarantined: number | null;
  /** Reason and detail of the first of them. */
  readonly firstQuarantined: string | null;
  /** New messages without a time that can be read: their rows lie at the time of the upload. Null in old reports. */
  readonly undated: number | null;
  /** Place and reason of the first of them. */
  readonly firstUndated: string | null;
  /** First and last time of the new rows, microseconds. */
  readonly span: { readonly from: number; readonly to: number } | null;
  /** Stretches that are no record; the file in the raw zone has them. */
  readonly unreadable: number;
  readonly firstUnreadable: string | null;
  /** Times from one record to the next that no single clock shows. */
  readonly clockJumps: number;
  readonly firstClockJump: string | null;
  /** RFC 3339. */
  readonly takenAt: string;
}

export interface UploadState {
  /** Bytes that are safe: the next part begins there. */
  readonly received: number;
  /** Null until the file was taken. */
  readonly report: UploadReport | null;
}

/** The upload can't be taken as it was asked for. */
export { FileRefusal as UploadRefusal } from "../../functions/core/files/refusal.ts";

/** The same content of the same device on the same channel is the same upload, whatever it is called. */
export function idOf({ sha256, deviceId, channel }: UploadRequest): string {
  return createHash("sha256").update(`${deviceId}\n${channel}\n${sha256}`).digest("hex");
}

/** Everything about a request that is not as allowed. */
export function faultsOf(request: UploadRequest): readonly string[] {
  const { sha256, bytes, deviceId, channel } = request;
  const isDevice = deviceIdPattern.test(deviceId);
  return [
    ...(/^[0-9a-f]{64}$/.test(sha256) ? [] : [`sha256 ${JSON.stringify(sha256)}: 64 hexadecimal digits`]),
    ...(Number.isSafeInteger(bytes) && bytes >= 0 ? [] : [`bytes ${bytes}: a whole number from 0`]),
    ...(isDevice ? [] : [`device ${JSON.stringify(deviceId)}: ${deviceIdPattern.source}`]),
    ...(!isDevice || (logChannel.test(channel) && parseTopic(topicOf({ deviceId, channel })))
      ? []
      : [`channel ${JSON.stringify(channel)}: telemetry, telemetry/{stream} or events`]),
    ...clockFaults(request),
  ];
}

function clockFaults(request: UploadRequest): readonly string[] {
  try {
    clockOf(request);
    return [];
  } catch (error) {
    if (error instanceof ClockRepairError) return [error.message];
    throw error;
  }
}

/** Throws {@link ClockRepairError}. */
export function clockOf({ clock }: UploadRequest): ClockRepair | null {
  return clock === null ? null : ClockRepair.parse(clock);
}
