import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { boundedFile, createLogger } from "../../../site/logger.ts";

const folder = mkdtempSync(join(tmpdir(), "fieldlake-logger-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (file: string): { number?: number }[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { number?: number });

test("the log and the one before it stay below the limit, with the newest lines whole and in order", () => {
  const file = join(folder, "site.log");
  const logger = createLogger(boundedFile(file, 10_000));
  for (let number = 0; number < 1000; number += 1) logger.info({ number }, "refused");
  expect(statSync(file).size).toBeLessThanOrEqual(10_000);
  expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(10_000);
  const numbers = [...lines(`${file}.1`), ...lines(file)].map(({ number }) => number);
  expect(numbers.length).toBeGreaterThan(100);
  expect(numbers).toEqual(numbers.map((_, index) => 1000 - numbers.length + index));
});

test("a disk that takes no more neither throws nor holds up", () => {
  const logger = createLogger(boundedFile("/dev/full"));
  const started = Date.now();
  for (let number = 0; number < 1000; number += 1) logger.info({ number }, "refused");
  expect(Date.now() - started).toBeLessThan(1000);
});
