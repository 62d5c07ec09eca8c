/** Metrics that the functions tell, by their sources: what a dashboard or an alert names has to be among them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../functions", import.meta.url));

/** Names in `metrics.put({ Name: … })`. */
export function toldMetrics(): ReadonlySet<string> {
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const puts = sources.flatMap((file) => [
    ...readFileSync(join(folder, file), "utf8").matchAll(/metrics\.put\(\{([^]*?)\}\);/g),
  ]);
  return new Set(
    puts.flatMap(([, told = ""]) => [...told.matchAll(/\b([A-Z]\w+):/g)].map(([, name]) => String(name))),
  );
}
