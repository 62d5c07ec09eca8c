/** The scanner that the engine's test trusts finds what is planted. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { filesBelow, hits } from "../../support/plain-scan.ts";

const value = Buffer.alloc(8);
value.writeDoubleLE(987_654.25);
const needles = ['"temperature":987654.25', value];
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fieldlake-scan-"));
  await mkdir(join(folder, "a/b"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const planted = (bytes: Buffer | string): string[] => {
  const file = join(folder, "a/b/file");
  writeFileSync(file, bytes);
  return hits(filesBelow(folder), needles);
};
const around = (bytes: Buffer | string, before: number): Buffer =>
  Buffer.concat([Buffer.alloc(before, 0xa7), Buffer.from(bytes as string), Buffer.alloc(11, 0x7a)]);

test.each(needles)("%s is found wherever it stands, also in base64, hexadecimal and UTF-16", (needle) => {
  const found = [`${join(folder, "a/b/file")}: ${String(needle)}`];
  for (const before of [0, 1, 2, 3, 4095, 65_535]) {
    const bytes = around(needle, before);
    expect(planted(bytes)).toEqual(found);
    for (const encoding of ["base64", "base64url", "hex"] as const)
      expect(planted(bytes.toString(encoding))).toEqual(found);
  }
  if (typeof needle === "string") expect(planted(Buffer.from(`x${needle}x`, "utf16le"))).toEqual(found);
});

test("what was changed in one bit is not", () => {
  const bytes = around(value, 5);
  bytes[7] = (bytes[7] ?? 0) ^ 1;
  expect(planted(bytes)).toEqual([]);
});
