/** Every rule is shown right, wrong, silent and not knowing. */
import { describe, expect, test } from "@jest/globals";
import { messageOf } from "../../../policies/kit/message.ts";
import type { Finding, Rule } from "../../../policies/kit/rule.ts";
import { rules } from "../../../policies/rules/index.ts";
import { canonicalType } from "../../../policies/kit/types.ts";
import type { JudgeOptions } from "../../../policies/kit/judge.ts";
import { misspelt } from "./schema.ts";
import { findings, type Written } from "./stack.ts";

export type Stack = Written | readonly Written[];

/** Each a list of stacks, judged on their own. */
export interface Cases {
  /** Every finding is a pass, and there is one. */
  readonly compliant: readonly Stack[];
  /** At least one finding fails. */
  readonly violating: readonly Stack[];
  /** As `violating`: what the rule asks for is not there, or its companion is not. Or absence is right. */
  readonly absent: readonly Stack[] | "is right";
  /** Nothing fails and something is undetermined. Or presence is all that is asked, and known. */
  readonly unknown: readonly Stack[] | "is right";
  readonly options?: JudgeOptions;
  /** Why parts that are there can't be joined wrongly, where they can't. */
  readonly split?: string;
}

/** Of a rule that a service can't follow: every finding is an exception, and there is one. */
export interface Unsupported {
  readonly notSupported: readonly Stack[];
}

/** Of a rule that refuses a type whatever it says: every resource of it fails. */
export interface Refused {
  readonly refused: readonly Stack[];
  /** Others, which it does not judge. */
  readonly others: readonly Stack[];
}

/** By the rule's id. */
export type RuleCases = Readonly<Record<string, Cases | Unsupported | Refused>>;

/** The pack's rules whose id has the pattern, each by the cases of its id in one of the tables. */
export function describeRules(ids: RegExp, tables: readonly RuleCases[]): void {
  const chosen = rules.filter(({ id }) => ids.test(id));
  const given = tables.flatMap((table) => Object.entries(table)).filter(([id]) => ids.test(id));
  const cases = Object.fromEntries(given);
  test("every rule has its cases, once", () => {
    expect(given.map(([id]) => id).toSorted()).toEqual(chosen.map(({ id }) => id).toSorted());
  });
  describe.each(chosen.map((rule): [string, Rule] => [rule.id, rule]))("%s", (id, rule) => {
    const given = cases[id] ?? { notSupported: [] };
    const judged = (stack: Stack): readonly Finding[] =>
      findings([rule], "token" in stack ? [stack] : stack, "options" in given ? given.options : {});
    const verdicts = (stack: Stack) => judged(stack).map(({ verdict }) => verdict);

    if ("refused" in given) {
      test.each(numbered(given.refused))("refuses all of stack %i", (_, stack) => {
        expect(new Set(verdicts(stack))).toEqual(new Set(["fail"]));
      });
      test.each(numbered(given.others))("has nothing to say of stack %i", (_, stack) => {
        expect(verdicts(stack)).toEqual([]);
      });
      return;
    }
    if ("notSupported" in given) {
      test.each(numbered(given.notSupported))("is not supported by stack %i", (_, stack) => {
        expect(new Set(verdicts(stack))).toEqual(new Set(["not-supported"]));
      });
      return;
    }
    test("has each kind of case", () => {
      for (const kind of ["compliant", "violating", "absent", "unknown"] as const)
        expect([kind, given[kind].length > 0]).toEqual([kind, true]);
    });
    if (isSplit(rule) && given.split === undefined)
      test("has a case of the parts that are there and are not joined, or not right", () => {
        const parts = [...given.violating, ...(given.absent === "is right" ? [] : given.absent)];
        expect(parts.some((stack) => holdsPartOf(rule, stack))).toBe(true);
        expect(given.compliant.some((stack) => holdsPartOf(rule, stack))).toBe(true);
      });
    test("names properties that the provider knows", () => {
      for (const stack of given.compliant)
        for (const { token, inputs } of "token" in stack ? [stack] : stack)
          expect([token, misspelt(token, inputs)]).toEqual([token, []]);
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
    if (given.absent !== "is right") {
      test.each(numbered(given.absent))("takes absence in stack %i for a violation", (_, stack) => {
        expect(verdicts(stack)).toContain("fail");
      });
    }
    if (given.unknown !== "is right") {
      test.each(numbered(given.unknown))("leaves open what stack %i does not know", (_, stack) => {
        expect(verdicts(stack)).toContain("undetermined");
        expect(verdicts(stack)).not.toContain("fail");
      });
    }
  });
}

/** It judges what is split over several resources: it reads others than its own. */
const isSplit = ({ reads = [] }: Rule): boolean => reads.length > 0;
/** Something that the rule reads is in the stack. */
const holdsPartOf = ({ reads = [] }: Rule, stack: Stack): boolean =>
  ("token" in stack ? [stack] : stack).some(({ token }) => reads.includes(canonicalType(token)));

const numbered = (stacks: readonly Stack[]): [number, Stack][] =>
  stacks.map((stack, index) => [index, stack]);
