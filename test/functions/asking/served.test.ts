/** docs/asking.md says of every operation whether a cloud answers it, and what does where it does not. */
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import {
  alarmOperations,
  askedReportOperations,
  elsewhere,
  lakeOperations,
  reportOperations,
} from "../../../functions/asking/served.ts";
import { operations, type Operation, type OperationName } from "../../../site/console/contract/operations.ts";

const page = readFileSync(new URL("../../../docs/asking.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `((?:GET|POST) [^`]+)` \| (yes|no)[^|]*\|$/gm)].map(
  ([, operation, answered]) => [operation, answered === "yes"] as const,
);
const served: readonly string[] = [
  ...lakeOperations,
  ...alarmOperations,
  ...reportOperations,
  ...askedReportOperations,
];

test("the table names every operation, and which are answered", () => {
  const all = Object.entries<Operation>(operations).map(
    ([name, { method, path }]) => [`${method.toUpperCase()} ${path}`, served.includes(name)] as const,
  );
  expect(rows).toEqual(all);
});

test("what is not answered, or not always, has something instead", () => {
  const always: readonly string[] = lakeOperations;
  const wanting = (Object.keys(operations) as OperationName[]).filter((name) => !always.includes(name));
  expect(Object.keys(elsewhere).sort()).toEqual(wanting.sort());
});
