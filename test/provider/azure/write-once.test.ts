/** A lock is for ever: each step to it and from it, in the provider's check. */
import { describe, expect, test } from "@jest/globals";
import { plannedFromNothing } from "../../../components/contracts/common.ts";
import { writeOnce } from "../../../provider/resources/write-once.ts";

const setting = "fieldlake:azure.writeOnce.mode";
const open = (days: number) => ({ mode: "unlocked", days, setting }) as const;
const locked = (days: number) => ({ mode: "locked", days, setting }) as const;
const reasons = (...[news, olds, env = {}]: [Step, Step | null, NodeJS.ProcessEnv?]) =>
  writeOnce(env)
    .check(news, olds)
    .map(({ reason }) => reason);
type Step = ReturnType<typeof open | typeof locked>;

describe("write-once", () => {
  test.each<[string, Step, Step | null]>([
    ["made unlocked", open(30), null],
    ["unlocked for a shorter time", open(10), open(30)],
    ["locked", locked(30), open(30)],
    ["locked for a longer time", locked(60), locked(30)],
    ["left locked", locked(30), locked(30)],
  ])("%s: taken", (_what, news, olds) => {
    expect(reasons(news, olds)).toEqual([]);
  });

  test.each<[string, Step, Step | null, RegExp]>([
    [
      "made locked",
      locked(30),
      null,
      /^fieldlake:azure\.writeOnce\.mode: received "locked".*at first: unlocked/,
    ],
    ["unlocked again", open(30), locked(30), /mode: received "unlocked".*nobody can take a lock back/],
    [
      "shortened",
      locked(10),
      locked(30),
      /^fieldlake:azure\.writeOnce\.days: received 10; allowed: at least 30/,
    ],
  ])("%s: refused, with what is allowed", (_what, news, olds, reason) => {
    expect(reasons(news, olds)).toEqual([expect.stringMatching(reason)]);
  });

  test("a plan as if nothing were there says nothing of what may be done to an account; of one that is there, all", () => {
    const env = { [plannedFromNothing]: "true" };
    expect(reasons(locked(30), null, env)).toEqual([]);
    expect(reasons(open(30), locked(30), env)).toHaveLength(1);
  });
});
