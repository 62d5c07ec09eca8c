/** Device profiles from the folders beside this file: `profiles/<family>/profile.json`. */

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Profile, Ts013Codec, Ts013Profile } from "../functions/core/profiles/profile.ts";
import { trustedCodec } from "../functions/core/formats/ts013-trusted.ts";
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
 * a file that is no JSON, a profile that breaks the schema or is named otherwise than its folder, a trusted hash that no
 * codec has.
 * @param trusted hashes of codecs that run without the sandbox
 */
export async function readProfiles(
  families: readonly string[],
  trusted: readonly string[] = [],
  folder: string = here,
): Promise<Profile[]> {
  const profiles: Profile[] = [];
  const mistakes: string[] = [];
  for (const family of families) {
    try {
      profiles.push(await readProfile(family, folder));
    } catch (thrown) {
      mistakes.push(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  const trusting = profiles.map((profile) => withTrust(profile, trusted, mistakes));
  mistakes.push(...unknownHashes(profiles, trusted));
  if (mistakes.length > 0) throw new Error(mistakes.join("\n"));
  return trusting;
}

/** Only whoever deploys can trust a codec, by the hash of what was read: a profile may come from anywhere. */
function withTrust(profile: Profile, trusted: readonly string[], mistakes: string[]): Profile {
  const codec = codecOf(profile);
  if (codec === null || !trusted.includes(codec.sha256)) return profile;
  try {
    trustedCodec(codec.code);
  } catch (thrown) {
    mistakes.push(`profile "${profile.name}": its codec can't run without the sandbox: ${String(thrown)}`);
  }
  return { ...profile, codec: { ...codec, trusted: true } } as Ts013Profile;
}

/** Hashes of codecs that are not there, or not any more as they were read. */
function unknownHashes(profiles: readonly Profile[], trusted: readonly string[]): string[] {
  const codecs = profiles.flatMap((profile) => {
    const codec = codecOf(profile);
    return codec === null ? [] : [{ name: profile.name, sha256: codec.sha256 }];
  });
  const known = codecs.map(({ name, sha256 }) => `${name} has ${sha256}`).join(", ");
  return trusted
    .filter((hash) => !codecs.some(({ sha256 }) => sha256 === hash))
    .map(
      (hash) =>
        `fieldlake:trustedCodecs: no codec has the hash ${hash} (${known || "no profile has a codec"}); read the codec, then name its hash`,
    );
}

const codecOf = (profile: Profile): Ts013Codec | null =>
  profile.format === "ts013" && typeof profile.codec === "object" ? profile.codec : null;

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
