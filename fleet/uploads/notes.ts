/** Which uploads of this machine are under way. Losing a note costs sending the parts again. */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../environment.ts";

export interface UploadNotes {
  find(key: string): string | null;
  keep(key: string, uploadId: string): void;
  forget(key: string): void;
}

const noteSchema = z.object({ key: z.string(), uploadId: z.string() });

/** @param folder made where it is missing */
export function uploadNotes(folder: string): UploadNotes {
  const fileOf = (key: string): string =>
    join(folder, `${createHash("sha256").update(key).digest("hex")}.json`);
  return {
    find(key) {
      const note = readJson(fileOf(key), noteSchema);
      return note?.key === key ? note.uploadId : null;
    },
    keep: (key, uploadId) => writeJson(fileOf(key), { key, uploadId }),
    forget: (key) => rmSync(fileOf(key), { force: true }),
  };
}
