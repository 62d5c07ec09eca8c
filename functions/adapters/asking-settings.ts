import { readFileSync } from "node:fs";
import { join } from "node:path";
import { askingFile, type AskingSettings } from "../agreements.ts";

/** As it lies beside the bundle. Throws an Error that names the file: the function then does not start. */
export function askingSettings(folder: string): AskingSettings {
  const file = join(folder, askingFile);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as AskingSettings;
  } catch (error) {
    throw new Error(
      `what the API is told of its environment can't be read from ${file}: ${(error as Error).message}`,
    );
  }
}
