/**
 * Well-configured resources that are not ours: the pack has nothing against them, known or at a first preview, and
 * something against every weaker copy, but for those that the lists of mutation/harmless.ts excuse.
 */
import { describe, expect, test } from "@jest/globals";
import { judge } from "../../policies/kit/judge.ts";
import { canonicalType } from "../../policies/kit/types.ts";
import { rules } from "../../policies/rules/index.ts";
import { retirements } from "../../policies/rules/retired-services/dates.ts";
import { elsewhere, harmless } from "./mutation/harmless.ts";
import { mutantsOf, nameOf } from "./mutation/mutants.ts";
import { frozenSurvivorsOf, survivorsOf } from "./mutation/survivors.ts";
import { soundStacks } from "./sound/index.ts";
import { atPreview, known } from "./sound/stack.ts";
import { misspelt } from "./support/schema.ts";
import { graphOf, type Written } from "./support/stack.ts";

const stacks = Object.entries(soundStacks);
const today = "2026-11-25";
const violations = (stack: readonly Written[]): readonly string[] =>
  judge(graphOf(stack), rules, { today }).findings.flatMap(({ rule, resource, verdict }) =>
    verdict === "fail" ? [`${rule.id} ${resource.name}`] : [],
  );

describe.each(stacks)("%s", (_, stack) => {
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
  test("is caught when it is weakened", () => {
    const { mutants, survivors } = survivorsOf(graphOf(made), rules);
    expect(survivors.map(nameOf)).toEqual([]);
    expect(mutants).toBeGreaterThan(stack.length);
  });
  test("is caught when what bears on it is never changed", () => {
    expect(frozenSurvivorsOf(graphOf(made), rules)).toEqual([]);
  });
});

/** Refused whatever they say, or made by Fieldlake's components only: those are in the shipped stacks. */
const elsewhereOrNowhere =
  /^(fieldlake:\w+:(DeviceFleet|EncryptedLake|KnowledgeBase|StreamProcessor)|pulumi-\w+:dynamic:.*|command:.*|aws:(cloudformation|cloudcontrol)\/.*|azure-native:resources:.*|\*)$/;

test("every type that a rule judges has a well-configured resource", () => {
  const there = new Set(stacks.flatMap(([, stack]) => stack.map(({ token }) => canonicalType(token))));
  const retired = new Set(
    retirements.filter(({ only, date }) => only === undefined && date <= today).flatMap(({ types }) => types),
  );
  const judged = [...new Set(rules.flatMap(({ types }) => types))].filter((type) => !type.endsWith("*"));
  const missing = judged.filter(
    (type) => !there.has(type) && !retired.has(type) && !elsewhereOrNowhere.test(type),
  );
  expect(missing.filter((type) => !type.includes("*"))).toEqual([]);
});
test("what is excused in them is there, each reason at least once", () => {
  const excused = stacks.flatMap(([, stack]) => {
    const graph = graphOf(known(stack));
    return graph.resources.flatMap(mutantsOf).map((mutant) => harmless(mutant, graph));
  });
  expect(elsewhere.map(({ because }) => because).filter((because) => !excused.includes(because))).toEqual([]);
});
