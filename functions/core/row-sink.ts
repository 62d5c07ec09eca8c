/** Where rows go while their message is being decoded: into objects here, into columns where speed asks for it. */

import type {
  Decoded,
  FrameRow,
  FrameTable,
  Message,
  Micros,
  Quality,
  Quarantined,
  Reading,
  Warning,
} from "./model.ts";

/** What the rows of one message share, and the time of the row at hand. Valid during the call only. */
export interface RowContext {
  readonly tenant: string;
  readonly message: Message;
  readonly codec: { readonly name: string; readonly version: string };
  readonly time: { readonly ts: Micros; readonly tsRaw: Micros | null; readonly tsNs: number | null };
  readonly seq: number | bigint | null;
  /** 16 bytes, which the next message overwrites. */
  readonly msgId: Uint8Array;
}

/** Takes rows message by message; arguments are the columns of {@link Reading} and {@link FrameRow}. */
export interface RowSink {
  /** The rows from here on are those of the next message. */
  begin(): void;
  reading(
    row: RowContext,
    subDevice: string | null,
    metric: string,
    unit: string | null,
    valueDouble: number | null,
    valueInt: number | bigint | null,
    valueBool: boolean | null,
    valueText: string | null,
    valueBytes: Uint8Array | null,
    quality: Quality,
    flags: number,
  ): void;
  frame(
    row: RowContext,
    table: FrameTable,
    values: readonly (number | null)[],
    quality: Quality,
    flags: number,
  ): void;
  /** The message is refused: its rows so far are none. */
  takeBack(): void;
  /** `entry.msgId` is an array of its own. */
  quarantine(entry: Quarantined): void;
  warn(warning: Warning): void;
  /** All of the message has been written. */
  end(row: RowContext): void;
}

/** Rows as objects. */
export class DecodedRows implements RowSink, Decoded {
  readonly readings: Reading[] = [];
  readonly frames: FrameRow[] = [];
  readonly quarantined: Quarantined[] = [];
  readonly warnings: Warning[] = [];
  #readingsBefore = 0;
  #framesBefore = 0;
  /** Shared by the rows of a message. */
  #msgId: Uint8Array | null = null;

  begin(): void {
    this.#readingsBefore = this.readings.length;
    this.#framesBefore = this.frames.length;
    this.#msgId = null;
  }

  reading(
    { tenant, message, codec, time, seq, msgId }: RowContext,
    subDevice: string | null,
    metric: string,
    unit: string | null,
    valueDouble: number | null,
    valueInt: number | bigint | null,
    valueBool: boolean | null,
    valueText: string | null,
    valueBytes: Uint8Array | null,
    quality: Quality,
    flags: number,
  ): void {
    this.readings.push({
      tenant,
      deviceId: message.deviceId,
      subDevice,
      ts: time.ts,
      tsRaw: time.tsRaw,
      tsNs: time.tsNs,
      metric,
      valueDouble,
      valueInt,
      valueBool,
      valueText,
      valueBytes,
      unit,
      quality,
      flags,
      seq,
      ingestTs: message.receivedAt,
      msgId: (this.#msgId ??= msgId.slice()),
      lane: message.lane,
      codec: codec.name,
      codecVersion: codec.version,
    });
  }

  frame(
    { tenant, message, codec, time, seq, msgId }: RowContext,
    table: FrameTable,
    values: readonly (number | null)[],
    quality: Quality,
    flags: number,
  ): void {
    this.frames.push({
      table,
      tenant,
      deviceId: message.deviceId,
      ts: time.ts,
      tsRaw: time.tsRaw,
      values,
      quality,
      flags,
      seq,
      ingestTs: message.receivedAt,
      msgId: (this.#msgId ??= msgId.slice()),
      lane: message.lane,
      codec: codec.name,
      codecVersion: codec.version,
    });
  }

  takeBack(): void {
    this.readings.length = this.#readingsBefore;
    this.frames.length = this.#framesBefore;
  }

  quarantine(entry: Quarantined): void {
    this.quarantined.push(entry);
  }

  warn(warning: Warning): void {
    this.warnings.push(warning);
  }

  end(): void {
    this.#msgId = null;
  }
}
