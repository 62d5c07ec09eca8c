import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import { profileWarnings } from "../../functions/core/profiles/schema.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { profileFamilies, readProfileFolder } from "../../profiles/read.ts";
import { profileSchemaText } from "../../profiles/schema-file.ts";
import { profileTemplates } from "../../profiles/templates.ts";
import {
  readVectors,
  runVector,
  shortDecoded,
  vectorMismatch,
  type GoldenVector,
} from "../../profiles/vectors.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import type { Terminal } from "../terminal.ts";
import type { CommandContext } from "./context.ts";
import { profileFolderOf, profilesFolder } from "./profile-folder.ts";

/** Vectors that a profile should have at least, one of them refused. */
const enoughVectors = 3;

/** Validates profiles and runs their golden vectors; without names all of the project's. */
export async function profileCheck(
  given: readonly string[],
  { terminal }: Pick<CommandContext, "terminal">,
): Promise<void> {
  const folders =
    given.length > 0
      ? await Promise.all(given.map(profileFolderOf))
      : (await profileFamilies(profilesFolder)).map((family) => join(profilesFolder, family));
  let failed = 0;
  for (const folder of folders) if (!(await checkFolder(folder, terminal))) failed++;
  if (failed > 0)
    throw new CommandError(`${failed} of ${folders.length} profiles have mistakes`, exitCodes.failed);
}

async function checkFolder(folder: string, terminal: Terminal): Promise<boolean> {
  const name = basename(folder);
  const mistakes: string[] = [];
  const remarks: string[] = [];
  let passed = 0;
  let profile: Profile | null = null;
  let vectors: readonly GoldenVector[] = [];
  try {
    profile = await readProfileFolder(folder, "profile.json");
    if (profile.name !== name)
      mistakes.push(`profile.json: its name is "${profile.name}", its folder "${name}"`);
    vectors = await readVectors(folder, "vectors.json");
  } catch (error) {
    mistakes.push(messageOf(error));
  }
  if (profile !== null) {
    remarks.push(...profileWarnings(profile));
    for (const vector of vectors) {
      const mismatch = vectorMismatch(profile, vector);
      if (mismatch === null) passed++;
      else mistakes.push(`vector "${vector.name}": ${mismatch}`);
    }
    if (vectors.length < enoughVectors)
      remarks.push(`${vectors.length} vectors; ${enoughVectors} or more would be good`);
    if (!vectors.some(({ expected }) => expected.quarantined !== undefined))
      remarks.push("no vector of a payload that is refused");
    if (!existsSync(join(folder, "README.md"))) remarks.push("no README.md for whoever programs the device");
  }
  const verdict = mistakes.length === 0 ? terminal.style("good", "ok") : terminal.style("bad", "mistakes");
  terminal.print(
    `${terminal.style("strong", name)}: ${verdict}, ${passed} of ${vectors.length} vectors hold`,
  );
  if (profile?.format === "ts013" && typeof profile.codec === "object")
    terminal.print(`  codec ${profile.codec.sha256}`);
  for (const remark of remarks) terminal.print(`  ${terminal.style("warning", "warning")} ${remark}`);
  for (const mistake of mistakes) terminal.print(`  ${terminal.style("bad", "mistake")} ${mistake}`);
  return mistakes.length === 0;
}

export interface ProfileNewOptions {
  readonly format: string;
  /** Folder that the profile's folder is made in; default the project's profiles/. */
  readonly in?: string;
}

/** Arrival of a template's payloads. */
const arrival = "2024-11-25T10:20:05.000Z";

/** Starts a profile: a folder with profile.json, golden vectors of example payloads, and a README to be filled in. */
export async function profileNew(
  name: string,
  { format, in: parent = profilesFolder }: ProfileNewOptions,
  { terminal }: Pick<CommandContext, "terminal">,
): Promise<void> {
  const formats = Object.keys(profileTemplates);
  if (!Object.hasOwn(profileTemplates, format))
    throw new CommandError(
      `there is no format "${format}"`,
      exitCodes.usage,
      `allowed: ${formats.join(", ")}`,
    );
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 48)
    throw new CommandError(
      `"${name}" is no name of a profile`,
      exitCodes.usage,
      "allowed: kebab-case, for example wearable-imu",
    );
  const folder = join(resolve(parent), name);
  if (existsSync(folder))
    throw new CommandError(
      `${folder} exists already`,
      exitCodes.usage,
      "name a profile that does not exist yet",
    );
  const { about, profile: parts, files = {}, vectors } = profileTemplates[format as Profile["format"]];
  const profile = {
    $schema: `${relative(folder, join(profilesFolder, "profile.schema.json"))}`,
    name,
    version: "1",
    description: `What the device is: ${about}`,
    format,
    ...parts,
  };
  await mkdir(folder, { recursive: true });
  const write = (file: string, text: string) => writeFile(join(folder, file), text, { flag: "wx" });
  await write("profile.json", `${JSON.stringify(profile, null, 2)}\n`);
  for (const [file, text] of Object.entries(files)) await write(file, text);
  const valid = await readProfileFolder(folder, "profile.json");
  const golden = vectors.map((vector): GoldenVector => {
    const started = { ...vector, receivedAt: arrival, expected: {} };
    return { ...started, expected: shortDecoded(runVector(valid, started)) };
  });
  await write("vectors.json", `${JSON.stringify(golden, null, 2)}\n`);
  await write("README.md", readme(name, about));
  terminal.print(
    `${folder}: profile.json, vectors.json, README.md${Object.keys(files)
      .map((file) => `, ${file}`)
      .join("")}`,
  );
  terminal.print("Put your device's payloads in the place of the examples, then:");
  terminal.print(`  npx fieldlake decode --profile ${relative(process.cwd(), folder)} --hex … --vector`);
  terminal.print(`  npx fieldlake profile check ${relative(process.cwd(), folder)}`);
}

const readme = (name: string, about: string): string => `# ${name}

What the device is, and what it sends: ${about}.

Where its payloads are documented, and what of them this profile leaves out. \`vectors.json\` began with example payloads:
replace them by payloads of a real device, with values from its documentation, not from this decoder.
`;

/** Prints the JSON Schema of profile.json, which editors understand. */
export function profileSchema({ terminal }: Pick<CommandContext, "terminal">): void {
  terminal.write(profileSchemaText());
}
