/**
 * Runs the vectors that live beside the repository, wherever they are there (they are in CI): `../shared/vectors`, or
 * the folder that FIELDLAKE_VECTORS names. They are not copied into the project.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "@jest/globals";
import { formats, mismatch, type Vector } from "../../functions/vectors/run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = resolve(root, process.env["FIELDLAKE_VECTORS"] ?? "../shared/vectors");
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
const results = new Map(
  files
    .map((file) => file.replace(/\.json$/, ""))
    .filter((format) => formats.includes(format))
    .map((format) => [format, { passed: 0, failed: 0 }]),
);

if (!existsSync(folder)) {
  const reason = `no folder ${folder}; FIELDLAKE_VECTORS names another`;
  process.stderr.write(`shared vectors: skipped, ${reason}\n`);
  test.skip(`shared vectors: ${reason}`, () => undefined);
} else {
  describe.each([...results.keys()])("%s", (format) => {
    const vectors = JSON.parse(readFileSync(resolve(folder, `${format}.json`), "utf8")) as Vector[];
    test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
      const complaint = mismatch(vector);
      results.get(format)![complaint === null ? "passed" : "failed"]++;
      expect(complaint).toBeNull();
    });
  });

  afterAll(() => {
    const lines = [...results].map(
      ([format, { passed, failed }]) => `  ${format}: ${passed} passed, ${failed} failed`,
    );
    process.stderr.write(`shared vectors by format:\n${lines.join("\n")}\n`);
  });
}
