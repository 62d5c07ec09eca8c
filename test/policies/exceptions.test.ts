/** What a component of Fieldlake says of itself is a named exception, not a violation. */
import { expect, test } from "@jest/globals";
import { judge } from "../../policies/kit/judge.ts";
import { rules } from "../../policies/rules/index.ts";
import { graphOf, resource } from "./support/stack.ts";

test("a catalog whose region is encrypted by another stack is a named exception, as its lake says", () => {
  const verdict = (catalogKey: boolean): string | undefined => {
    const lake = resource("fieldlake:aws:EncryptedLake", { protect: true, catalogKey }, { name: "lake" });
    const database = resource(
      "aws:glue/catalogDatabase:CatalogDatabase",
      {},
      { component: lake.token, parent: "lake" },
    );
    return judge(graphOf([lake, database]), rules).findings.find(
      ({ rule }) => rule.id === "aws-glue-keep-settings",
    )?.verdict;
  };
  expect([verdict(false), verdict(true)]).toEqual(["not-supported", "fail"]);
});
