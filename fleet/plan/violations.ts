/** What a plan violates, a line each: rule, resource, what is wrong and the fix. */
import type { Evidence, Level } from "../../policies/evidence/evidence.ts";
import { rules } from "../../policies/rules/index.ts";

export interface Violation {
  readonly rule: string;
  readonly level: Level;
  readonly resource: string;
  readonly urn: string;
  /** What was found, a property each; the path is empty where it is about the resource itself. */
  readonly properties: readonly { readonly property: string; readonly found: string }[];
  readonly why: string;
  readonly fix: string;
  readonly controls: readonly string[];
}

export function violationsOf({ requirements }: Evidence): Violation[] {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  return requirements
    .flatMap((requirement) => requirement.rules)
    .flatMap(({ id, level, controls, findings }) =>
      findings
        .filter(({ verdict }) => verdict === "fail")
        .map(({ urn, properties }) => ({
          rule: id,
          level,
          resource: urn.split("::").at(-1) ?? urn,
          urn,
          properties: properties
            .filter(({ outcome }) => outcome === "fail")
            .map(({ property, found }) => ({ property, found })),
          why: known.get(id)?.why ?? "",
          fix: known.get(id)?.fix ?? "",
          controls,
        })),
    );
}
