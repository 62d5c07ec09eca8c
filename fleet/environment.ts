/** Where the local environment lives on this machine, and the little that is remembered of it between commands. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { CommandError, exitCodes, messageOf } from "./errors.ts";

/** The stack that `fieldlake start` brings up. */
export const localStack = "local-dev";

/** What `start` writes down so that later commands need not ask the engine. Nothing of it is secret. */
const noteSchema = z.object({
  /** The folder that holds `site.json`. */
  runFolder: z.string(),
  /** Address of the page, without its access token. */
  dashboardUrl: z.string(),
  /** `host:port` that devices connect to. */
  mqtt: z.string(),
});
export type EnvironmentNote = z.infer<typeof noteSchema>;

export interface EnvironmentFolders {
  /** The project. */
  readonly project: string;
  /** `.fieldlake`: everything this clone made, engine state included. */
  readonly local: string;
  /** `.fieldlake/local-dev`: data, keys and notes of the environment. */
  readonly environment: string;
}

export function environmentFolders(
  project: string = resolve(dirname(fileURLToPath(import.meta.url)), ".."),
): EnvironmentFolders {
  const local = join(project, ".fieldlake");
  return { project, local, environment: join(local, localStack) };
}

const noteFile = (folders: EnvironmentFolders): string => join(folders.environment, "environment.json");

/** The note of the last `start`; what follows from the defaults where there is none. */
export function readNote(folders: EnvironmentFolders): EnvironmentNote | null {
  return readJson(noteFile(folders), noteSchema);
}

export function writeNote(folders: EnvironmentFolders, note: EnvironmentNote): void {
  writeJson(noteFile(folders), note);
}

/** The run folder of the last `start`, or the default one: a plain `pulumi up` leaves no note. */
export function runFolderOf(folders: EnvironmentFolders): string {
  return readNote(folders)?.runFolder ?? join(folders.environment, "data", "run");
}

/** Null where the file is missing or not what it should be: every note can be made again. */
export function readJson<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

/** Whole or not at all. Throws {@link CommandError}. */
export function writeJson(file: string, content: unknown): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new CommandError(
      `${file} can't be written: ${messageOf(error)}`,
      exitCodes.failed,
      "free some space, or give yourself the right to write there, and run the same command again",
    );
  }
}
