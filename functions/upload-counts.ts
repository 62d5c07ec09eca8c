/** What a file becomes is counted where its batches are decoded. */
import type { Decoder } from "./core/decoder.ts";
import { RepairedRows, type ClockRepair } from "./core/files/clock-repair.ts";
import type { IngestPorts } from "./ingest.ts";
import type { Metrics } from "./ports.ts";
import { UndatedRows } from "./undated-rows.ts";

export interface UploadCounts {
  readonly messages: number;
  readonly repeats: number;
  readonly readings: number;
  readonly frames: number;
  readonly quarantined: number;
  /** Messages without a time that can be read: their rows lie where the file came. */
  readonly undated: number;
  readonly unreadable: number;
  readonly firstUnreadable: string | null;
}

export const nothing: UploadCounts = {
  ...{ messages: 0, repeats: 0, readings: 0, frames: 0, quarantined: 0, undated: 0 },
  ...{ unreadable: 0, firstUnreadable: null },
};

export const added = (counts: UploadCounts, values: Readonly<Record<string, number>>): UploadCounts => ({
  ...counts,
  messages: counts.messages + (values["Messages"] ?? 0),
  repeats: counts.repeats + (values["Repeats"] ?? 0),
  readings: counts.readings + (values["Readings"] ?? 0),
  frames: counts.frames + (values["Frames"] ?? 0),
  quarantined: counts.quarantined + (values["Quarantined"] ?? 0),
});

/** Ports that tell what they write and how many of its messages have no time, and put the times of its rows right. The file's messages are raw as the file: they are not kept once more. */
export function counting(
  ports: Omit<IngestPorts, "raw">,
  clock: ClockRepair | null,
  onUndated: () => void,
  count: (values: Parameters<Metrics["put"]>[0]) => void,
): IngestPorts {
  const decoder: Decoder = {
    ...ports.decoder,
    decodeInto(message, sink) {
      const heard = new UndatedRows(sink, onUndated);
      if (clock === null) return ports.decoder.decodeInto(message, heard);
      const repaired = new RepairedRows(heard);
      repaired.clock = clock;
      ports.decoder.decodeInto(message, repaired);
    },
  };
  return {
    ...ports,
    decoder,
    raw: { keep: () => Promise.resolve() },
    metrics: {
      put(values) {
        count(values);
        ports.metrics.put(values);
      },
    },
  };
}
