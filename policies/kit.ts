/**
 * What a rule is made of. A rule is written against plain values with the verdicts of docs/architecture.md: what is
 * absent is a violation; what is not known yet at preview is undetermined, and judged again at up.
 */
import type { Policy, StackValidationArgs } from "@pulumi/policy";

/** A resource as a rule sees it. */
export interface Planned {
  readonly type: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What is wrong, in terms of the property. */
export interface Violation {
  readonly resource: Planned;
  readonly property: string;
  /** What stands there. */
  readonly found: string;
}

export interface Rule {
  /** `<target>-<service>-<verb>-<what>` */
  readonly id: string;
  readonly description: string;
  /** Outside controls that the rule answers. */
  readonly controls: readonly string[];
  readonly why: string;
  /** In terms of the property to set. */
  readonly fix: string;
  /** All resources of the stack in; every violation out. */
  check(resources: readonly Planned[]): Violation[];
}

/** Not known before the resource is made: neither a pass nor a violation. */
export const unknown = Symbol("unknown");

/** The value at a path; undefined where it is absent, {@link unknown} where the plan does not know it yet. */
export function at(resource: Planned, ...path: readonly string[]): unknown {
  let value: unknown = resource.properties;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    // Presence can be asked of an unknown; reading it would turn a mandatory rule into an advisory one.
    if (!(key in value)) return undefined;
    try {
      value = (value as Record<string, unknown>)[key];
    } catch (error) {
      // @pulumi/policy does not export its UnknownValueError; this is what marks one.
      if (error instanceof Error && "unknownTypeSentinel" in error) return unknown;
      throw error;
    }
  }
  return value;
}

/** Violations of one type of resource, by a test of one property. */
export function each(
  resources: readonly Planned[],
  type: string,
  path: readonly string[],
  isGood: (value: unknown, resource: Planned) => boolean,
): Violation[] {
  return resources
    .filter((resource) => resource.type === type)
    .flatMap((resource) => {
      const value = at(resource, ...path);
      if (value === unknown || isGood(value, resource)) return [];
      return [{ resource, property: path.join("."), found: shown(value) }];
    });
}

export function message(rule: Rule, { resource, property, found }: Violation): string {
  return (
    `${resource.name}: ${property} is ${found}. ${rule.why} ` +
    `Fix: ${rule.fix} [${rule.id}; ${rule.controls.join(", ")}]`
  );
}

/** Judged over the whole stack, so that what is split over resources is seen together. */
export function toPolicy(rule: Rule): Policy {
  return {
    name: rule.id,
    description: rule.description,
    enforcementLevel: "mandatory",
    validateStack: ({ resources }: StackValidationArgs, report: (text: string, urn?: string) => void) => {
      const planned = resources.map(({ type, name, props }) => ({ type, name, properties: props }));
      const urns = new Map(planned.map((plan, index) => [plan as Planned, resources[index]?.urn]));
      for (const violation of rule.check(planned))
        report(message(rule, violation), urns.get(violation.resource));
    },
  } as Policy;
}

/** Never a secret: only short plain text and numbers are shown. */
function shown(value: unknown): string {
  if (value === undefined) return "absent";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string" && !value.includes("PRIVATE KEY")) return `"${value.slice(0, 80)}"`;
  return "not as it should be";
}
