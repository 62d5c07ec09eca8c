/** The zones of the lake on any object store. Every object is named by its content: a batch that is written twice is there once. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { hourFolder, hourOf, isoMicros } from "../core/instant.ts";
import type { Cell, RowBlock } from "../core/columns.ts";
import { toHex } from "../core/text.ts";
import type { ObjectStore, RawZone, RowSink } from "../ports.ts";
import { writeParquet, type BytesAs, type ParquetCodec } from "./parquet.ts";

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Raw messages of a batch as gzipped JSON lines, by the hour of their arrival. */
export function rawZone(objects: ObjectStore, bucket: string): RawZone {
  return {
    async keep(messages) {
      const hours = Map.groupBy(messages, ({ receivedAt }) => hourFolder(hourOf(receivedAt)));
      await Promise.all(
        [...hours].map(async ([hour, group]) => {
          const lines = group.map(({ deviceId, channel, receivedAt, position, payload, contentType }) =>
            JSON.stringify({
              device_id: deviceId,
              channel,
              received_at: isoMicros(receivedAt),
              position,
              content_type: contentType,
              payload: Buffer.from(payload).toString("base64"),
            }),
          );
          const bytes = gzipSync(`${lines.join("\n")}\n`);
          const metadata = { messages: String(group.length) };
          await objects.create(bucket, `live/${hour}/${hashOf(bytes)}.ndjson.gz`, bytes, metadata);
        }),
      );
    },
  };
}

/** Rows of a block as Parquet files, one for each hour of the timestamp that partitions their table. */
export function parquetSink(
  objects: ObjectStore,
  bucket: string,
  bytesAs: BytesAs,
  codec?: ParquetCodec,
): RowSink {
  return {
    async write(block) {
      const { table } = block;
      const partition = table.columns.findIndex(({ name }) => name === table.partitionBy);
      const rows = sorted(block);
      const hours = Map.groupBy(rows, (row) => hourFolder(hourOf(Number(block.cell(row, partition)))));
      await Promise.all(
        [...hours].map(async ([hour, order]) => {
          const bytes = writeParquet(block, order, bytesAs, codec);
          const metadata = { rows: String(order.length) };
          await objects.create(bucket, `${table.name}/${hour}/${hashOf(bytes)}.parquet`, bytes, metadata);
        }),
      );
    },
  };
}

/** Row numbers in the order of the table: row-group statistics then tell where a device's rows are. */
function sorted({ table, rows, cell }: RowBlock): number[] {
  const by = table.sortBy.map((column) => table.columns.findIndex(({ name }) => name === column));
  return Array.from({ length: rows }, (_, row) => row).sort((one, other) => {
    for (const column of by) {
      const order = compare(cell(one, column), cell(other, column));
      if (order !== 0) return order;
    }
    return one - other;
  });
}

function compare(one: Cell, other: Cell): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? -1 : 1;
  const [first, second] = [one, other].map((value) => (value instanceof Uint8Array ? toHex(value) : value));
  return (first as string | number) < (second as string | number) ? -1 : 1;
}
