/** Rows straight into columns as they are decoded; a message that was seen before leaves none. */
import { frameTable, quarantineTable, readingsTable } from "../../functions/core/table.ts";
import type { FrameTable, Quality, Quarantined } from "../../functions/core/model.ts";
import type { RowContext, RowSink } from "../../functions/core/row-sink.ts";
import { messageWords, type ColumnWriter } from "./column-writer.ts";
import type { PackMemory } from "./pack-memory.ts";
import { packRows, PackWriter } from "./pack-writer.ts";
import type { PackedTable } from "./packed.ts";
import { quarantineId, type RecentIds } from "./recent-ids.ts";

export interface PackedCounts {
  readonly messages: number;
  readonly rows: number;
  readonly frames: number;
  readonly quarantined: number;
  readonly duplicates: number;
}

const noCounts = { messages: 0, rows: 0, frames: 0, quarantined: 0, duplicates: 0 };
const column = (writer: PackWriter, index: number): ColumnWriter => writer.columns[index] as ColumnWriter;

export class PackedRows implements RowSink {
  readonly #recent: Pick<RecentIds, "seen">;
  readonly #memory: PackMemory;
  readonly #readings: PackWriter;
  readonly #quarantine: PackWriter;
  readonly #frames = new Map<FrameTable, PackWriter>();
  readonly #writers: PackWriter[];
  /** Rows of each writer before the message at hand. */
  readonly #before: number[] = [0, 0];
  readonly #words = new Int32Array(4);
  #hasWords = false;
  readonly #readingSeries: (string | null)[] = Array<null>(8).fill(null);
  readonly #frameSeries: (string | null)[] = Array<null>(5).fill(null);
  #counts = { ...noCounts };
  #tables: PackedTable[] = [];

  /** Packs lie in `memory`, until whoever has them is done. */
  constructor(recent: Pick<RecentIds, "seen">, memory: PackMemory) {
    this.#recent = recent;
    this.#memory = memory;
    this.#readings = new PackWriter(readingsTable, packRows, memory);
    this.#quarantine = new PackWriter(quarantineTable, 64, memory);
    this.#writers = [this.#readings, this.#quarantine];
  }

  begin(): void {
    for (let index = 0; index < this.#writers.length; index++) {
      this.#before[index] = (this.#writers[index] as PackWriter).rows;
    }
    this.#hasWords = false;
  }

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
  ): void {
    const { message, codec, time } = row;
    const values = this.#readingSeries;
    values[0] = row.tenant;
    values[1] = message.deviceId;
    values[2] = subDevice;
    values[3] = metric;
    values[4] = unit;
    values[5] = message.lane;
    values[6] = codec.name;
    values[7] = codec.version;
    const writer = this.#readings;
    const at = writer.begin(message.deviceId, metric, values);
    column(writer, 0).integer64(at, time.ts);
    column(writer, 1).integer64(at, time.tsRaw);
    column(writer, 2).int16(at, time.tsNs);
    column(writer, 3).double(at, valueDouble);
    column(writer, 4).integer64(at, valueInt);
    column(writer, 5).int8(at, valueBool === null ? null : Number(valueBool));
    column(writer, 6).text(at, valueText);
    column(writer, 7).bytes(at, valueBytes);
    this.#provenance(writer, 8, at, row, quality, flags);
  }

  frame(
    row: RowContext,
    table: FrameTable,
    axes: readonly (number | null)[],
    quality: Quality,
    flags: number,
  ): void {
    const { message, codec, time } = row;
    const values = this.#frameSeries;
    values[0] = row.tenant;
    values[1] = message.deviceId;
    values[2] = message.lane;
    values[3] = codec.name;
    values[4] = codec.version;
    const writer = this.#frameWriter(table);
    const at = writer.begin(message.deviceId, codec.name, values);
    column(writer, 0).integer64(at, time.ts);
    column(writer, 1).integer64(at, time.tsRaw);
    for (let axis = 0; axis < axes.length; axis++) {
      column(writer, 2 + axis).double(at, axes[axis] as number | null);
    }
    this.#provenance(writer, 2 + axes.length, at, row, quality, flags);
  }

  takeBack(): void {
    for (let index = 0; index < this.#writers.length; index++) {
      (this.#writers[index] as PackWriter).takeBack(this.#before[index] ?? 0);
    }
  }

  quarantine({ message, reason, detail, msgId, codec, codecVersion }: Quarantined): void {
    const { tenant, deviceId, channel, lane } = message;
    const values = [tenant, deviceId, channel, reason, lane, codec, codecVersion];
    const writer = this.#quarantine;
    const at = writer.begin(deviceId, reason, values);
    messageWords(msgId, this.#words);
    column(writer, 0).integer64(at, message.receivedAt);
    column(writer, 1).text(at, detail);
    column(writer, 2).bytes(at, message.payload);
    column(writer, 3).id(at, this.#words);
  }

  /** Warnings are for who writes a profile: they are neither rows nor quarantine. */
  warn(): void {}

  end({ msgId }: RowContext): void {
    this.#counts.messages++;
    const rows = this.#written(0);
    const quarantined = this.#written(1);
    let frames = 0;
    for (let index = 2; index < this.#writers.length; index++) frames += this.#written(index);
    if (rows + quarantined + frames === 0) return;
    if (this.#recent.seen(rows + frames > 0 ? msgId : quarantineId(msgId))) {
      this.takeBack();
      this.#counts.duplicates++;
      return;
    }
    this.#counts.rows += rows;
    this.#counts.frames += frames;
    this.#counts.quarantined += quarantined;
    for (const writer of this.#writers) if (writer.isFull) this.#cut(writer);
  }

  /** Everything since the last call. */
  take(): { tables: PackedTable[]; counts: PackedCounts } {
    for (const writer of this.#writers) this.#cut(writer);
    const taken = { tables: this.#tables, counts: this.#counts };
    this.#tables = [];
    this.#counts = { ...noCounts };
    return taken;
  }

  #cut(writer: PackWriter): void {
    const packed = writer.finish();
    if (packed !== null) this.#tables.push(packed);
  }

  #written(index: number): number {
    return (this.#writers[index] as PackWriter).rows - (this.#before[index] ?? 0);
  }

  #frameWriter(table: FrameTable): PackWriter {
    const known = this.#frames.get(table);
    if (known !== undefined) return known;
    const writer = new PackWriter(frameTable(table), packRows, this.#memory);
    this.#frames.set(table, writer);
    this.#writers.push(writer);
    this.#before.push(0);
    return writer;
  }

  #provenance(
    writer: PackWriter,
    first: number,
    at: number,
    row: RowContext,
    quality: number,
    flags: number,
  ): void {
    if (!this.#hasWords) {
      messageWords(row.msgId, this.#words);
      this.#hasWords = true;
    }
    column(writer, first).int8(at, quality);
    column(writer, first + 1).int32(at, flags);
    column(writer, first + 2).integer64(at, row.seq);
    column(writer, first + 3).integer64(at, row.message.receivedAt);
    column(writer, first + 4).id(at, this.#words);
  }
}
