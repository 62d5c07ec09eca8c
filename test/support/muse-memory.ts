/** A memory log of a Muse v2 as its answer brings it: a head, a page of each log mode, and 300 bytes of one more. */
import { fileURLToPath } from "node:url";
import { frameTablesOf } from "../../functions/core/formats/raw-binary.ts";
import type { RawBinaryProfile } from "../../functions/core/profiles/profile.ts";
import { readProfiles } from "../../profiles/read.ts";
import { readVectors } from "../../profiles/vectors.ts";

export interface MuseMemory {
  readonly profile: RawBinaryProfile;
  readonly file: Buffer;
  readonly tables: readonly {
    readonly name: string;
    /** SQL: time in milliseconds and values of a row, as JSON. */
    readonly row: string;
    /** What `row` has to be, by the profile's vectors, in the order of time. */
    readonly expected: readonly (readonly number[])[];
  }[];
}

export async function museMemory(): Promise<MuseMemory> {
  const [profile] = (await readProfiles(["muse-v2-log"])) as [RawBinaryProfile];
  const folder = fileURLToPath(new URL("../../profiles/muse-v2-log/", import.meta.url));
  const vectors = (await readVectors(folder, "muse-v2-log")).slice(0, 5);
  const pages = vectors.map(({ payloadHex = "" }) => Buffer.from(payloadHex, "hex"));
  const head = Buffer.from("4e4e00000000", "hex");
  // The device counts 512 bytes a page.
  head.writeUInt32BE(pages.length * 512, 2);
  return {
    profile,
    file: Buffer.concat([head, ...pages, pages[0]!.subarray(0, 300)]),
    tables: frameTablesOf(profile).map(({ name, columns }, index) => ({
      name,
      row: `to_json([epoch_ms(ts)::DOUBLE, ${columns.map((column) => `round("${column.name}", 9)`).join()}])::VARCHAR`,
      expected: vectors[index]!.expected.frames!.map(({ ts, values }) => [
        Date.parse(ts as string),
        ...(values as number[]).map((value) => Number(value.toFixed(9))),
      ]),
    })),
  };
}
