import type { Micros, Reading } from "../../functions/core/model.ts";

/** Makes readings of a press at a moment, but for what is said of them. */
export const pressReadings =
  (at: Micros) =>
  (over: Partial<Reading>): Reading => ({
    tenant: "acme",
    deviceId: "press-01",
    subDevice: null,
    ts: at,
    tsRaw: null,
    tsNs: null,
    metric: "temperature",
    valueDouble: 21.5,
    valueInt: null,
    valueBool: null,
    valueText: null,
    valueBytes: null,
    unit: "Cel",
    quality: 0,
    flags: 0,
    seq: 1,
    ingestTs: at + 1_000,
    msgId: new Uint8Array(16).fill(7),
    lane: "live",
    codec: "machine-json",
    codecVersion: "1",
    ...over,
  });
