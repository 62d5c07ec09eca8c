/** Every rule is shown right, wrong, silent and not knowing. */
import { describe, expect, test } from "@jest/globals";
import { messageOf } from "../../../policies/kit/message.ts";
import type { Finding, Rule } from "../../../policies/kit/rule.ts";
import type { JudgeOptions } from "../../../policies/kit/judge.ts";
import { findings, type Written } from "./stack.ts";

export type Stack = Written | readonly Written[];

/** Each a list of stacks, judged on their own. */
export interface Cases {
  /** Every finding is a pass, and there is one. */
  readonly compliant: readonly Stack[];
  /** At least one finding fails. */
  readonly violating: readonly Stack[];
  /** As `violating`: what the rule asks for is not there, or its companion is not. */
  readonly absent: readonly Stack[];
  /** Nothing fails and something is undetermined. */
  readonly unknown: readonly Stack[];
  readonly options?: JudgeOptions;
}

export function describeRules(rules: readonly Rule[], cases: Readonly<Record<string, Cases>>): void {
  test("every rule has its cases", () => {
    expect(Object.keys(cases).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
  });
  describe.each(rules.map((rule): [string, Rule] => [rule.id, rule]))("%s", (id, rule) => {
    const given = cases[id] ?? { compliant: [], violating: [], absent: [], unknown: [] };
    const judged = (stack: Stack): readonly Finding[] =>
      findings([rule], "token" in stack ? [stack] : stack, given.options);
    const verdicts = (stack: Stack) => judged(stack).map(({ verdict }) => verdict);

    test("has each kind of case", () => {
      for (const kind of ["compliant", "violating", "absent", "unknown"] as const)
        expect([kind, given[kind].length > 0]).toEqual([kind, true]);
    });
    test.each(numbered(given.compliant))("passes compliant stack %i", (_, stack) => {
      expect(new Set(verdicts(stack))).toEqual(new Set(["pass"]));
    });
    test.each(numbered(given.violating))("catches violating stack %i", (_, stack) => {
      const failed = judged(stack).filter(({ verdict }) => verdict === "fail");
      expect(failed.length).toBeGreaterThan(0);
      for (const finding of failed)
        for (const part of [finding.resource.name, rule.why, rule.fix, id, ...rule.controls])
          expect(messageOf(finding)).toContain(part);
    });
    test.each(numbered(given.absent))("takes absence in stack %i for a violation", (_, stack) => {
      expect(verdicts(stack)).toContain("fail");
    });
    test.each(numbered(given.unknown))("leaves open what stack %i does not know", (_, stack) => {
      expect(verdicts(stack)).toContain("undetermined");
      expect(verdicts(stack)).not.toContain("fail");
    });
  });
}

const numbered = (stacks: readonly Stack[]): [number, Stack][] =>
  stacks.map((stack, index) => [index, stack]);
