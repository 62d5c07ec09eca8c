/**
 * What goes into the decoding core and what comes out: plain data, the same on every target.
 * The columns of {@link Reading} are the columns of the `readings` table (docs/architecture.md, "Rows").
 */

/** Microseconds since 1970-01-01T00:00:00Z; exact in a double until the year 2255. */
export type Micros = number;

/** How a message arrived: over MQTT as it happened, or in a file afterwards. */
export type Lane = "live" | "offline";

/** One device message as the broker, stream or file lane hands it over. */
export interface Message {
  /** The customer environment; from the stack, never from the payload. */
  readonly tenant: string;
  /** The authenticated device, from certificate and topic, never from the payload. */
  readonly deviceId: string;
  /** The topic below the device's own root: `telemetry`, `telemetry/imu`, `events`, `status`, `commands/x/ack`. */
  readonly channel: string;
  readonly payload: Uint8Array;
  /** Arrival at the broker or upload. */
  readonly receivedAt: Micros;
  /** MQTT 5 content type or upload type, where the sender states one. */
  readonly contentType?: string;
  /** The message's place in its stream, unique and stable over a replay: `<log>:<offset>`, shard and sequence number, file and line. */
  readonly position: string;
  readonly lane: Lane;
}

/** 0 good, 1 uncertain, 2 bad, 3 stale. */
export type Quality = 0 | 1 | 2 | 3;

/**
 * One measured value. Exactly one of the five values is set, none where quality is bad.
 * A `valueInt` beyond 2^53-1 is a bigint: 64-bit integers never pass through a double.
 */
export interface Reading {
  readonly tenant: string;
  readonly deviceId: string;
  /** Gateway child, SenML name prefix or Cayenne LPP channel. */
  readonly subDevice: string | null;
  /** Event time. */
  readonly ts: Micros;
  /** The device's own time, where `ts` is not it. */
  readonly tsRaw: Micros | null;
  /** 0–999: nanoseconds beyond `ts`. */
  readonly tsNs: number | null;
  /** Stable lower_snake path. */
  readonly metric: string;
  readonly valueDouble: number | null;
  readonly valueInt: number | bigint | null;
  readonly valueBool: boolean | null;
  readonly valueText: string | null;
  readonly valueBytes: Uint8Array | null;
  /** SenML/IANA unit symbol. */
  readonly unit: string | null;
  readonly quality: Quality;
  /** Bits of `flags.ts`. */
  readonly flags: number;
  /** The device's own counter. */
  readonly seq: number | bigint | null;
  readonly ingestTs: Micros;
  /** First 16 bytes of the message's SHA-256: the key of deduplication. */
  readonly msgId: Uint8Array;
  readonly lane: Lane;
  readonly codec: string;
  readonly codecVersion: string;
}

/** A column of a wide frame table: one axis of a declared layout at 10 Hz or more. */
export interface FrameColumn {
  readonly name: string;
  readonly unit: string | null;
}

/** One sample of a high-rate frame: an axis a column, `null` where the sensor gave no reading. */
export interface FrameRow {
  /** Table name, `frames_<profile layout>`, and its columns in order; shared by all rows of one layout. */
  readonly table: FrameTable;
  readonly tenant: string;
  readonly deviceId: string;
  readonly ts: Micros;
  readonly tsRaw: Micros | null;
  /** In the order of `table.columns`. */
  readonly values: readonly (number | null)[];
  readonly quality: Quality;
  readonly flags: number;
  readonly seq: number | bigint | null;
  readonly ingestTs: Micros;
  readonly msgId: Uint8Array;
  readonly lane: Lane;
  readonly codec: string;
  readonly codecVersion: string;
}

export interface FrameTable {
  readonly name: string;
  readonly columns: readonly FrameColumn[];
}

/** Why a message was quarantined: a closed list, so that it can be counted and alarmed on. */
export const quarantineReasons = [
  "empty",
  "too-large",
  "not-well-formed",
  "trailing-bytes",
  "schema",
  "unknown-type",
  "version",
  "no-birth",
  "codec-threw",
  "codec-timeout",
  "codec-errors",
  "no-codec",
  "id-mismatch",
  "value-range",
] as const;
export type QuarantineReason = (typeof quarantineReasons)[number];

/** A message, or the bad part of one, that could not be decoded; stored whole so that a newer decoder can replay it. */
export interface Quarantined {
  readonly message: Message;
  readonly msgId: Uint8Array;
  readonly reason: QuarantineReason;
  /** At most 500 characters. */
  readonly detail: string;
  readonly codec: string;
  readonly codecVersion: string;
}

/** A remark on a message that was decoded all the same. */
export interface Warning {
  readonly deviceId: string;
  readonly code: string;
  readonly detail: string;
}

/** Everything one batch of messages became. Nothing throws across this border. */
export interface Decoded {
  readonly readings: Reading[];
  readonly frames: FrameRow[];
  readonly quarantined: Quarantined[];
  readonly warnings: Warning[];
}
