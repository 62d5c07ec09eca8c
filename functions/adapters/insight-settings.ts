import { readFileSync } from "node:fs";
import { join } from "node:path";
import { insightsFile, type InsightSettings } from "../agreements.ts";

/**
 * What is declared, as it lies beside the bundle.
 * Throws an Error that names the file: the function then does not start.
 */
export function insightSettings(folder: string): InsightSettings {
  const file = join(folder, insightsFile);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as InsightSettings;
  } catch (error) {
    throw new Error(`what insights are declared can't be read from ${file}: ${(error as Error).message}`);
  }
}
