import { join } from "node:path";
import { insightsFile, type InsightSettings } from "../agreements.ts";
import { jsonBeside } from "./json-beside.ts";

/** What is declared, as it lies beside the bundle. Throws as {@link jsonBeside} does. */
export const insightSettings = (folder: string): InsightSettings =>
  jsonBeside(join(folder, insightsFile), "what insights are declared");
