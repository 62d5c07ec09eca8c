/** A registry on this machine beside one in a cloud: whether its records are there, too. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { segmentNumbers } from "./journal.ts";

/** Lies in the folder of a registry that was copied as a whole. */
const note = "copied.json";

/** Whether a registry lies in the folder that nobody has copied. */
export const isLeftBehind = (folder: string): boolean =>
  existsSync(folder) && segmentNumbers(folder).length > 0 && !existsSync(join(folder, note));

/** @param to description of the registry that has its records */
export function noteCopied(folder: string, to: string): void {
  const text = JSON.stringify({ to, at: new Date().toISOString() }, null, 2);
  writeFileSync(join(folder, note), `${text}\n`, { mode: 0o600 });
}
