/** Three-valued judgement: what is not known yet is neither right nor wrong, however checks are combined. */

export type Outcome = "pass" | "fail" | "undetermined";

/** One look at one property. */
export interface Check {
  readonly outcome: Outcome;
  /** Path in the program's terms: `encryption.keyVaultProperties.keyName`. */
  readonly property: string;
  /** What stands there, ready to be printed; never a secret. */
  readonly found: string;
  /** What may stand there, where that is not plain from the rule. */
  readonly allowed?: string;
}

export const pass = (property: string, found: string): Check => ({ outcome: "pass", property, found });
export const fail = (property: string, found: string, allowed?: string): Check => ({
  outcome: "fail",
  property,
  found,
  ...(allowed === undefined ? {} : { allowed }),
});
export const notKnown = "not known yet";
export const undetermined = (property: string, found = notKnown): Check => ({
  outcome: "undetermined",
  property,
  found,
});

/** Wrong if any is wrong; right only if all are. An empty list is right. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes("fail")) return "fail";
  return outcomes.includes("undetermined") ? "undetermined" : "pass";
}

/** Right if one alternative is right in all its checks; open if one may still be; else the first alternative's findings. */
export function anyOf(...alternatives: readonly (readonly Check[])[]): readonly Check[] {
  const outcomes = alternatives.map((checks) => worst(checks.map(({ outcome }) => outcome)));
  const chosen = outcomes.indexOf("pass") >= 0 ? outcomes.indexOf("pass") : outcomes.indexOf("undetermined");
  return alternatives[Math.max(chosen, 0)] ?? [];
}

/** Not a rule for this resource unless the condition holds; open where the condition is. */
export function when(condition: Check, checks: () => readonly Check[]): readonly Check[] {
  if (condition.outcome === "fail") return [];
  const judged = checks();
  if (condition.outcome === "pass") return judged;
  return judged.map((check) => (check.outcome === "fail" ? undetermined(check.property) : check));
}
