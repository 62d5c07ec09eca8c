/** What a cloud allows as the name of a resource. */

import type { ValueMap } from "../shared/values.ts";
import type { Finding } from "./check/findings.ts";

export interface NameRule {
  /** The property that holds the name. */
  readonly property: string;
  readonly pattern: RegExp;
  /** The pattern in words. */
  readonly allowed: string;
}

/** Checks a resource's name, once it is known. */
export const checkName = (rule: NameRule | undefined, inputs: ValueMap): readonly Finding[] => {
  if (!rule) return [];
  const name = inputs[rule.property];
  if (typeof name !== "string" || rule.pattern.test(name)) return [];
  return [{ path: rule.property, reason: `allowed: ${rule.allowed}`, received: JSON.stringify(name) }];
};
