/**
 * Runs the vectors that live beside the repository, wherever they are there (they are in CI): `../shared/vectors`, or
 * the folder that FIELDLAKE_VECTORS names. They are not copied into the project. Neither are the codecs of the TS013 vectors:
 * these run where FIELDLAKE_CODECS names a folder with checkouts of the collections.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "@jest/globals";
import { codecTexts } from "../../fleet/commands/codec-files.ts";
import { formats, isRunnable, mismatch, type Vector } from "../../functions/vectors/run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = resolve(root, process.env["FIELDLAKE_VECTORS"] ?? "../shared/vectors");
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
const codecs = await codecTexts([process.env["FIELDLAKE_CODECS"] ?? []].flat());
const results = new Map(
  files
    .map((file) => file.replace(/\.json$/, ""))
    .filter((format) => formats.includes(format))
    .map((format) => [format, { passed: 0, failed: 0, notRun: 0 }]),
);

if (!existsSync(folder)) {
  const reason = `no folder ${folder}; FIELDLAKE_VECTORS names another`;
  process.stderr.write(`shared vectors: skipped, ${reason}\n`);
  test.skip(`shared vectors: ${reason}`, () => undefined);
} else {
  describe.each([...results.keys()])("%s", (format) => {
    const all = JSON.parse(readFileSync(resolve(folder, `${format}.json`), "utf8")) as Vector[];
    const vectors = all.filter((vector) => isRunnable(vector, codecs));
    const notRun = all.length - vectors.length;
    results.get(format)!.notRun = notRun;
    if (notRun > 0) test.skip(`${notRun} vectors: their codecs are not at hand`, () => undefined);
    if (vectors.length > 0)
      test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
        const complaint = mismatch(vector, codecs);
        results.get(format)![complaint === null ? "passed" : "failed"]++;
        expect(complaint).toBeNull();
      });
  });

  afterAll(() => {
    const lines = [...results].map(
      ([format, { passed, failed, notRun }]) =>
        `  ${format}: ${passed} passed, ${failed} failed${notRun > 0 ? `, ${notRun} not run: FIELDLAKE_CODECS names a folder with the codecs` : ""}`,
    );
    process.stderr.write(`shared vectors by format:\n${lines.join("\n")}\n`);
  });
}
