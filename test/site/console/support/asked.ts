import { createHash } from "node:crypto";

/** What each operation can be asked with. */
export const asked: Record<string, string | object> = {
  metrics: "?device=press-01",
  series: "?device=press-01&metric=temperature",
  outlook: "?device=press-01&metric=temperature",
  search: "?words=press",
  query: { sql: "SELECT 1 AS one" },
  silence: { minutes: 1, by: "kim", reason: "maintenance" },
  startReplay: { codec: "machine-json@1", from: 0, to: 1, dryRun: true },
  makeReport: {},
  report: "?id=00000000000000aa",
  export: { sql: "SELECT 1 AS one", format: "csv" },
  uploadLanes: "?device=press-01",
  uploadState: `?${new URLSearchParams(uploaded("2"))}`,
  uploadPart: `?${new URLSearchParams({ ...uploaded("2"), offset: "0" })}`,
  uploadTake: uploaded("0"),
};

/** A file of press-01, empty or of a line end and a blank. */
function uploaded(bytes: string) {
  const sha256 = createHash("sha256")
    .update("\n ".slice(0, Number(bytes)))
    .digest("hex");
  return { sha256, bytes, name: "day.ndjson", device: "press-01", channel: "telemetry" };
}
