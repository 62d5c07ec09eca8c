/** Every shipped profile against the golden vectors beside it, and the schema against profiles that make no sense. */

import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { profileWarnings, validateProfile } from "../../functions/core/profiles/schema.ts";
import { profileFamilies, readProfiles } from "../../profiles/read.ts";
import { readVectors, vectorMismatch } from "../../profiles/vectors.ts";

const families = await profileFamilies();

describe.each(families)("%s", (family) => {
  const folder = fileURLToPath(new URL(`../../profiles/${family}/`, import.meta.url));

  test("decodes its vectors, one of which is refused", async () => {
    const [profile] = await readProfiles([family]);
    const vectors = await readVectors(folder, family);
    const mismatches = vectors.map((vector) => [vector.name, vectorMismatch(profile!, vector)]);
    expect(mismatches).toEqual(vectors.map(({ name }) => [name, null]));
    expect(vectors.length).toBeGreaterThanOrEqual(3);
    expect(vectors.some(({ expected }) => expected.quarantined !== undefined)).toBe(true);
  });
});

describe("reading profiles", () => {
  test("a family that isn't there is named with those that are", async () => {
    await expect(readProfiles(["toaster", "machine-json"])).rejects.toThrow(
      /"toaster"; allowed: .*machine-json/,
    );
  });

  test("mistakes of all profiles are told at once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "profiles-"));
    try {
      const put = async (family: string, text: string) => {
        await mkdir(join(folder, family));
        await writeFile(join(folder, family, "profile.json"), text);
      };
      await put("broken", "{");
      await put("misnamed", '{"name":"other","version":"1","description":"x","format":"cayenne-lpp"}');
      const reading = readProfiles(["broken", "misnamed"], [], folder);
      await expect(reading).rejects.toThrow(/broken\/profile.json can't be read/);
      await expect(reading).rejects.toThrow(/its name is "other", its folder "misnamed"/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("the schema", () => {
  const json = { name: "a", version: "1", description: "d", format: "json", fields: [{ path: "t" }] };
  const raw = { ...json, format: "raw-binary", fields: undefined, layout: { endian: "big", fields: [] } };
  const { fields: _fields, ...rawBinary } = raw;
  const withField = (field: object) => ({
    ...rawBinary,
    layout: { endian: "big", fields: [{ name: "x", at: 0, type: "u8", ...field }] },
  });

  test("takes a good one as it is", () => expect(validateProfile(json, "it")).toEqual(json));

  test("an unknown unit is a warning, wherever the profile has it; a unit of time is none", () => {
    const odd = {
      ...json,
      time: { path: "ts", unit: "us" },
      fields: [
        { path: "t", unit: "°C" },
        { path: "h", unit: "%RH" },
      ],
    };
    expect(profileWarnings(validateProfile(odd, "it"))).toEqual([expect.stringMatching(/unit "°C"/)]);
    const { fields: _none, ...bare } = json;
    const kura = { ...bare, format: "kura", units: { a: "furlong", b: "Cel" } };
    expect(profileWarnings(validateProfile(kura, "it"))).toEqual([expect.stringMatching(/furlong/)]);
    const frame = withField({ unit: "mg" });
    expect(profileWarnings(validateProfile(frame, "it"))).toHaveLength(1);
  });

  test("the schema that an editor reads is not part of the profile", () => {
    expect(validateProfile({ $schema: "../profile.schema.json", ...json }, "it")).toEqual(json);
  });

  test.each<[string, unknown, RegExp]>([
    ["no object", 5, /it is no device profile/],
    ["another format", { ...json, format: "xml" }, /format/],
    ["an unknown key", { ...json, colour: "red" }, /colour/],
    ["a name that is no kebab-case", { ...json, name: "A_b" }, /name: .*kebab-case/],
    ["the built-in name", { ...json, name: "status" }, /built-in/],
    ["a version of words", { ...json, version: "new" }, /version: .*numbers/],
    ["a unit with a blank", { ...json, fields: [{ path: "t", unit: "deg C" }] }, /fields\.0\.unit: .*symbol/],
    ["a metric that is no lower_snake", { ...json, fields: [{ path: "t", metric: "T" }] }, /lower_snake/],
    ["a path into a prototype", { ...json, fields: [{ path: "a.__proto__.b" }] }, /fields\.0\.path/],
    ["a path that is none", { ...json, fields: [{ path: "a..b" }] }, /fields\.0\.path/],
    ["a path whose end makes no metric", { ...json, fields: [{ path: "42" }] }, /makes no metric/],
    ["another identity", { ...json, identity: "luck" }, /identity/],
    [
      "a channel of 256",
      { ...json, format: "cayenne-lpp", fields: undefined, rename: { "256": "x" } },
      /rename/,
    ],
    ["a layout that makes no sense", withField({ bits: [7, 2] }), /it: profile "a": layout: field "x": bits/],
    ["a type that isn't one", withField({ type: "bytes0" }), /layout\.fields\.0\.type/],
    [
      "an axis called like a column",
      { ...withField({ name: "seq" }), tables: ["frames"] },
      /"seq" can't be a column/,
    ],
  ])("refuses %s", (_, profile, complaint) =>
    expect(() => validateProfile(profile, "it")).toThrow(complaint),
  );
});
