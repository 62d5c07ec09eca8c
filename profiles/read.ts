/** Device profiles from the folders beside this file: `profiles/<family>/profile.json`. */

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Profile } from "../functions/core/profiles/profile.ts";
import { withFiles } from "./files.ts";
import { validateProfile } from "../functions/core/profiles/schema.ts";

const here = dirname(fileURLToPath(import.meta.url));

/** The families there are, in alphabetical order. */
export async function profileFamilies(folder: string = here): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/**
 * Read and validate profiles. Throws one Error that lists the mistakes of all of them: a family that isn't there,
 * a file that is no JSON, a profile that breaks the schema or is named otherwise than its folder.
 */
export async function readProfiles(families: readonly string[], folder: string = here): Promise<Profile[]> {
  const profiles: Profile[] = [];
  const mistakes: string[] = [];
  for (const family of families) {
    try {
      profiles.push(await readProfile(family, folder));
    } catch (thrown) {
      mistakes.push(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  if (mistakes.length > 0) throw new Error(mistakes.join("\n"));
  return profiles;
}

async function readProfile(family: string, folder: string): Promise<Profile> {
  const source = `profiles/${family}/profile.json`;
  const families = await profileFamilies(folder);
  if (!families.includes(family)) {
    throw new Error(`there is no device profile "${family}"; allowed: ${families.join(", ") || "none yet"}`);
  }
  const profile = await readProfileFolder(join(folder, family), source);
  if (profile.name !== family)
    throw new Error(`${source}: its name is "${profile.name}", its folder "${family}"`);
  return profile;
}

/**
 * Read and validate the profile.json of a folder, with the files beside it that it names.
 * Throws an Error that lists its mistakes.
 * @param source what to call the file in the error
 */
export async function readProfileFolder(folder: string, source: string): Promise<Profile> {
  let data: unknown;
  try {
    data = JSON.parse(await readFile(join(folder, "profile.json"), "utf8"));
  } catch (thrown) {
    throw new Error(`${source} can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  try {
    data = await withFiles(data, folder);
  } catch (thrown) {
    throw new Error(`${source}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  return validateProfile(data, source);
}
