/** Small stacks written by hand, in the form that rules judge. */
import { Graph, type Resource } from "../../../policies/kit/graph.ts";
import { judge, type JudgeOptions } from "../../../policies/kit/judge.ts";
import type { Finding, Rule } from "../../../policies/kit/rule.ts";
import { canonicalType } from "../../../policies/kit/types.ts";
import { toProperties } from "../../../policies/kit/value.ts";

/** What a preview hands over for a text that it does not know (`@pulumi/policy`, proxy.js). */
export const notKnownYet = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Extras {
  /** Default: the type's last part in lower case. */
  readonly name?: string;
  readonly outputs?: object;
  /** Names of the resources that a top-level property was computed from. */
  readonly from?: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges?: readonly string[];
  readonly isProtected?: boolean;
  readonly isExternal?: boolean;
  readonly parent?: string;
  /** Type of the component that made it: `fieldlake:aws:EncryptedLake`. */
  readonly component?: string;
}

export interface Written {
  readonly token: string;
  readonly name: string;
  readonly inputs: object;
  readonly extras: Extras;
}

export function resource(token: string, inputs: object, extras: Extras = {}): Written {
  return { token, inputs, extras, name: extras.name ?? (token.split(":").at(-1) ?? token).toLowerCase() };
}

export function graphOf(stack: readonly Written[]): Graph {
  const urns = new Map(
    stack.map(({ name, token, extras: { component } }) => [
      name,
      `urn:pulumi:test::policies::${component === undefined ? "" : `${component}$`}${token}::${name}`,
    ]),
  );
  const urnOf = (name: string): string => {
    const urn = urns.get(name);
    if (urn === undefined) throw new Error(`the stack of this test has no resource "${name}"`);
    return urn;
  };
  return new Graph(stack.map((written) => toResource(written, urnOf)));
}

function toResource({ token, name, inputs, extras }: Written, urnOf: (name: string) => string): Resource {
  const { outputs = inputs, from = {}, ignoreChanges = [], parent } = extras;
  const made = toProperties(outputs);
  const propertyDependencies = Object.fromEntries(
    Object.entries(from).map(([property, names]) => [property, names.map(urnOf)]),
  );
  return {
    urn: urnOf(name),
    type: canonicalType(token),
    token,
    name,
    inputs: toProperties(inputs),
    outputs: made,
    id: typeof made["id"] === "string" ? made["id"] : null,
    parent: parent === undefined ? null : urnOf(parent),
    provider: null,
    isProtected: extras.isProtected ?? false,
    isRetained: false,
    isExternal: extras.isExternal ?? false,
    ignoredChanges: ignoreChanges,
    dependencies: Object.values(propertyDependencies).flat(),
    propertyDependencies,
  };
}

export function findings(
  rules: readonly Rule[],
  stack: readonly Written[],
  options: JudgeOptions = {},
): readonly Finding[] {
  return judge(graphOf(stack), rules, { today: "2026-11-25", ...options }).findings;
}
