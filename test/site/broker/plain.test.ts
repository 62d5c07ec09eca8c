import { expect, test } from "@jest/globals";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const root = process.cwd();

/** TypeScript and JavaScript files of a folder, its own and those below. */
async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|mjs|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

test("the broker without TLS is not reachable from the site, its settings, the provider or the command line", async () => {
  const files = (
    await Promise.all(["site", "provider", "components", "fleet", "toolchain"].map(sources))
  ).flat();
  const importers: string[] = [];
  for (const file of files) {
    if (/from "[^"]*\/plain\.ts"|import\("[^"]*plain/.test(await readFile(file, "utf8")))
      importers.push(file);
  }
  expect(files.length).toBeGreaterThan(30);
  expect(importers).toEqual([]);
});
