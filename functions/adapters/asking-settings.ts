import { join } from "node:path";
import { askingFile, type AskingSettings } from "../agreements.ts";
import { jsonBeside } from "./json-beside.ts";

/** As it lies beside the bundle. Throws as {@link jsonBeside} does. */
export const askingSettings = (folder: string): AskingSettings =>
  jsonBeside(join(folder, askingFile), "what the API is told of its environment");
