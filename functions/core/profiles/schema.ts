/**
 * The schema of device profiles: checked when an environment is composed and in tests, never while decoding, so that
 * no validator is in a bundle. `validateProfile` also compiles the profile, which checks what a schema can't say.
 */

import { z } from "zod";
import { Births } from "../births.ts";
import { noSandbox } from "../formats/codec-sandbox.ts";
import { ts013Decoder } from "../formats/ts013.ts";
import { frameTablesOf } from "../formats/raw-binary.ts";
import { isKnownUnit } from "../normalise/units.ts";
import { reservedFrameColumns } from "../table.ts";
import { compileProfile } from "./compile.ts";
import { prepareProfile } from "./prepare.ts";
import type { Profile } from "./profile.ts";
import * as frames from "./schema-frames.ts";
import * as mapped from "./schema-mapped.ts";
import * as named from "./schema-named.ts";

/** A device profile, as profile.json has it. */
export const profileSchema = z.discriminatedUnion("format", [
  mapped.texts,
  mapped.documents,
  mapped.csv,
  mapped.avro,
  mapped.protobuf,
  named.senml,
  named.cayenneLpp,
  named.sparkplug,
  named.opcUa,
  named.kura,
  frames.modbus,
  frames.rawBinary,
  mapped.ts013,
]) as unknown as z.ZodType<Profile>;

/**
 * A profile from data.
 * Throws an Error that lists every mistake with its place, the value and what is allowed.
 * @param source what to call the data in the error, for example its file
 */
export function validateProfile(given: unknown, source: string): Profile {
  const result = profileSchema.safeParse(given);
  if (!result.success) {
    const mistakes = result.error.issues.map(
      ({ path: where, message }) => `  ${where.join(".") || "profile"}: ${message}`,
    );
    throw new Error(`${source} is no device profile:\n${mistakes.join("\n")}`);
  }
  try {
    const { $schema: _, ...data } = result.data as Profile & { readonly $schema?: string };
    const profile = prepareProfile(data as Profile);
    compileProfile(profile, {
      births: new Births(),
      gunzip: () => null,
      ts013: (given) => ts013Decoder(given, noSandbox),
    });
    if (profile.format === "raw-binary")
      for (const { columns } of frameTablesOf(profile)) checkColumns(profile.name, columns);
    return profile;
  } catch (thrown) {
    throw new Error(`${source}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function checkColumns(profile: string, columns: readonly { readonly name: string }[]): void {
  const names = columns.map(({ name }) => name);
  const bad = names.find(
    (name, index) => reservedFrameColumns.includes(name) || names.indexOf(name) !== index,
  );
  if (bad !== undefined) {
    throw new Error(
      `profile "${profile}": field "${bad}" can't be a column of the frame table: it is reserved or there twice`,
    );
  }
}

/** What is odd about a profile that is valid all the same: units that IANA does not know. */
export function profileWarnings(profile: Profile): string[] {
  const units = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (typeof value === "string" && key === "unit") units.add(value);
    if (typeof value !== "object" || value === null) return;
    for (const [name, item] of Object.entries(value)) visit(item, key === "units" ? "unit" : name);
  };
  const { time: _, ...rest } = profile as Profile & { readonly time?: unknown };
  visit(rest, "");
  return [...units]
    .filter((unit) => !isKnownUnit(unit))
    .map((unit) => `unit "${unit}" is no symbol of IANA's SenML registry; rows carry it as it is`);
}
