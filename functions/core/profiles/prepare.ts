/** What of a profile is worked out once, when it is checked, so that no bundle has to carry the means. */

import { avroFingerprint } from "../formats/avro-fingerprint.ts";
import { parseAvroSchema } from "../formats/avro-schema.ts";
import { checkLayout } from "../formats/raw-binary-check.ts";
import { frameProfile } from "../formats/modbus-profile.ts";
import type { AvroProfile, AvroSchemaEntry, PreparedAvroSchema, Profile } from "./profile.ts";

/** The profile as decoding takes it. Throws an Error that names the profile and what makes no sense. */
export function prepareProfile(profile: Profile): Profile {
  try {
    return prepared(profile);
  } catch (thrown) {
    throw new Error(
      `profile "${profile.name}": ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
  }
}

function prepared(profile: Profile): Profile {
  switch (profile.format) {
    case "avro":
      return prepareAvro(profile);
    case "modbus-registers":
      checkLayout(frameProfile(profile).layout!);
      return profile;
    case "raw-binary": {
      const { layout, variants } = profile;
      for (const one of [layout, ...(variants?.cases ?? []).map((variant) => variant.layout)])
        if (one !== undefined) checkLayout(one);
      return profile;
    }
    default:
      return profile;
  }
}

function prepareAvro(profile: AvroProfile): AvroProfile {
  const framing = profile.framing ?? "none";
  const schemas = profile.schemas.map((entry, index) =>
    "type" in entry ? entry : preparedSchema(entry, framing, `schemas[${index}]`),
  );
  const keys = schemas.map(({ key }) => key);
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice >= 0) throw new Error(`schemas[${twice}]: nothing in a message tells it from another one`);
  return { ...profile, schemas };
}

function preparedSchema(
  { id, schema }: AvroSchemaEntry,
  framing: NonNullable<AvroProfile["framing"]>,
  where: string,
): PreparedAvroSchema {
  const type = parseAvroSchema(schema, where);
  if (type.kind !== "record") throw new Error(`${where}: a message is a record, not ${type.kind}`);
  if (framing === "none") return { key: "", type };
  if (framing === "single-object") return { key: avroFingerprint(schema), type };
  if (id === undefined) throw new Error(`${where}: id is missing, by which the framing names it`);
  return { key: id.toString(16).padStart(8, "0"), type };
}
