import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { profileFamilies, readProfileFolder } from "../../profiles/read.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";

/** The project's own profiles. */
export const profilesFolder = fileURLToPath(new URL("../../profiles", import.meta.url));

/** The folder that a name below profiles/, or the path of a folder or of its profile.json, stands for. */
export async function profileFolderOf(given: string): Promise<string> {
  const families = await profileFamilies(profilesFolder);
  if (families.includes(given)) return join(profilesFolder, given);
  const path = resolve(given);
  const folder = basename(path) === "profile.json" ? dirname(path) : path;
  if (existsSync(join(folder, "profile.json"))) return folder;
  throw new CommandError(
    `there is no profile "${given}"`,
    exitCodes.usage,
    `below profiles/ there are: ${families.join(", ")}`,
    "or name a folder that has a profile.json",
  );
}

/** A profile by name or path. Throws a CommandError that lists its mistakes. */
export async function loadProfile(given: string): Promise<Profile> {
  const folder = await profileFolderOf(given);
  try {
    return await readProfileFolder(folder, join(given, "profile.json"));
  } catch (error) {
    throw new CommandError(messageOf(error), exitCodes.failed);
  }
}
