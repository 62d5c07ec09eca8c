/** The rows that every target's API is asked about (asking-conformance.ts), as a cloud's functions write them. */
import { parquetSink } from "../../functions/adapters/lake.ts";
import type { BytesAs } from "../../functions/adapters/parquet.ts";
import { quarantineBlock, readingsBlock } from "../../functions/core/columns.ts";
import type { ObjectStore } from "../../functions/ports.ts";
import { pressReadings } from "./press-reading.ts";

export interface AskedRows {
  readonly curated: string;
  readonly quarantine: string;
  readonly bytesAs: BytesAs;
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly tenant?: string;
}

export async function writeAskedRows(objects: ObjectStore, rows: AskedRows): Promise<void> {
  const { curated, quarantine, bytesAs, began, tenant = "acme" } = rows;
  const values = { tenant, unit: null, codec: "machine-json", codecVersion: "1" };
  const sink = parquetSink(objects, curated, bytesAs);
  for (const deviceId of ["press-01", "press-02"]) {
    const readings = [0, 1, 2].flatMap((seq) => {
      const reading = pressReadings((began + seq * 1000) * 1000);
      const msgId = new Uint8Array(16).fill(seq + (deviceId === "press-01" ? 0 : 16));
      const of = { ...values, deviceId, seq, msgId };
      return [
        reading({ ...of, metric: "temperature", valueDouble: seq }),
        reading({ ...of, metric: "state", valueDouble: null, valueText: `of ${deviceId}` }),
      ];
    });
    await sink.write(readingsBlock(readings));
  }
  const entries = ["press-01", "press-02", "room-07"].map((deviceId, index) => ({
    message: {
      ...{ tenant, deviceId, channel: "telemetry", position: `log:${index}` },
      payload: Uint8Array.from(Buffer.from(`{not json of ${deviceId}`)),
      lane: "live" as const,
      receivedAt: (began + index) * 1000,
    },
    ...{ msgId: new Uint8Array(16).fill(100 + index), reason: "not-well-formed" as const },
    ...{ detail: "not JSON", codec: "machine-json", codecVersion: "1" },
  }));
  await parquetSink(objects, quarantine, bytesAs).write(quarantineBlock(entries));
}
