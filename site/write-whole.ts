import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./log/folder.ts";

/** Writes a file (0600) so that it is there whole or as it was, whenever the power fails. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}
