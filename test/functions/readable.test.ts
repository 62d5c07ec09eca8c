/** Files of a profile's text in another encoding, and files that somebody has to unpack before. */
import { expect, test } from "@jest/globals";
import { refuseForeign } from "../../functions/files/unpack.ts";
import { readable } from "../../functions/files/readable.ts";
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { readProfiles } from "../../profiles/read.ts";

const text = '{"seq":1,"state":"läuft 🚀"}\r\n{"seq":2}\n';
const utf16le = Buffer.from(`\ufeff${text}`, "utf16le");
const utf16be = Buffer.from(utf16le).swap16();

async function read(content: Uint8Array, profile: Profile, size: number): Promise<Buffer> {
  async function* pieces() {
    for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
  }
  const parts: Uint8Array[] = [];
  for await (const part of readable(pieces(), profile)) parts.push(part);
  return Buffer.concat(parts);
}

test("UTF-16 with its mark is the same text in UTF-8 wherever it is cut; other formats are not touched", async () => {
  const [machine, csv, muse] = (await readProfiles(["machine-json", "logger-csv", "muse-v3"])) as Profile[];
  for (const profile of [machine!, csv!])
    for (const content of [utf16le, utf16be])
      for (const size of [2, 3, 5, 1_000]) expect((await read(content, profile, size)).toString()).toBe(text);
  for (const profile of [machine!, muse!]) {
    expect(await read(Buffer.from(text), profile, 3)).toEqual(Buffer.from(text));
    expect(await read(Buffer.alloc(0), profile, 3)).toEqual(Buffer.alloc(0));
  }
  expect(await read(utf16le, muse!, 3)).toEqual(utf16le);
  expect(await read(utf16le, { ...csv!, encoding: "windows-1252" } as Profile, 3)).toEqual(utf16le);
  // Half a unit at the end costs its record, not the file.
  expect((await read(utf16le.subarray(0, -1), machine!, 4)).toString()).toBe(text.replace(/\n$/, "\ufffd"));
});

test.each([
  ["a ZIP archive", "504b03041400"],
  ["an empty ZIP archive", "504b05060000"],
  ["a 7z archive", "377abcaf271c"],
  ["a RAR archive", "526172211a07"],
  ["an xz file", "fd377a585a00"],
  ["a bzip2 file", "425a683931415926"],
  ["an LZ4 file", "04224d186440"],
])("%s is refused by its name", (name, head) => {
  expect(() => refuseForeign(Buffer.from(head, "hex"))).toThrow(name);
  for (const other of ["425a6861", "1f8b0800", "28b52ffd", "7b7d", "", "50"])
    expect(() => refuseForeign(Buffer.from(other, "hex"))).not.toThrow();
});
