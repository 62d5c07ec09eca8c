/**
 * Well-configured resources that are not ours: the pack has nothing against them, known or at a first preview, and
 * something against the weaker copies. What it lets pass is an inventory, to be read with every change.
 */
import { describe, expect, test } from "@jest/globals";
import { judge } from "../../policies/kit/judge.ts";
import { rules } from "../../policies/rules/index.ts";
import { survivorsOf } from "./mutation/survivors.ts";
import { awsCore } from "./sound/aws-core.ts";
import { awsServices } from "./sound/aws-services.ts";
import { azure } from "./sound/azure.ts";
import { atPreview, known } from "./sound/stack.ts";
import { misspelt } from "./support/schema.ts";
import { graphOf, type Written } from "./support/stack.ts";

const today = "2026-11-25";
const violations = (stack: readonly Written[]): readonly string[] =>
  judge(graphOf(stack), rules, { today }).findings.flatMap(({ rule, resource, verdict }) =>
    verdict === "fail" ? [`${rule.id} ${resource.name}`] : [],
  );

describe.each(Object.entries({ ...awsCore, ...awsServices, ...azure }))("%s", (_, stack) => {
  const made = known(stack);

  test("is written in the provider's own words", () => {
    for (const { token, inputs } of made) expect([token, misspelt(token, inputs)]).toEqual([token, []]);
  });
  test("has no violation, made or planned", () => {
    expect(violations(made)).toEqual([]);
    expect(violations(atPreview(stack))).toEqual([]);
  });
  test("is all known once it is made", () => {
    const { findings } = judge(graphOf(made), rules, { today });
    expect(findings.filter(({ verdict }) => verdict === "undetermined")).toEqual([]);
    expect(findings.length).toBeGreaterThan(stack.length / 2);
  });
  test("is caught when it is weakened, but for what is listed", () => {
    const { mutants, survivors } = survivorsOf(graphOf(made), rules);
    const listed = survivors.map(({ resource, path, how }) => `${resource.type} ${path} → ${how}`);
    expect([...new Set(listed)].toSorted()).toMatchSnapshot();
    expect(mutants).toBeGreaterThan(survivors.length);
  });
});
