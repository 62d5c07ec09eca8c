/** Which weaker copies of a stack's resources the pack does not catch. */
import { Graph, type Resource } from "../../../policies/kit/graph.ts";
import { judge } from "../../../policies/kit/judge.ts";
import type { Rule } from "../../../policies/kit/rule.ts";
import { harmless } from "./harmless.ts";
import { mutantsOf, type Mutant } from "./mutants.ts";

const alias = "aws:kms/alias:Alias";
const key = "aws:kms/key:Key";

export interface Weakened {
  /** Tried: those that harmless.ts names are not. */
  readonly mutants: number;
  readonly survivors: readonly Mutant[];
}

/** Judges each mutant by the rules that look at resources of its type, over the whole stack. */
export function survivorsOf(graph: Graph, rules: readonly Rule[]): Weakened {
  const before = new Set(failures(graph, rules));
  const byType = new Map<string, readonly Rule[]>();
  const concerning = (type: string): readonly Rule[] => {
    const known =
      byType.get(type) ??
      rules.filter(({ types, reads = [] }) =>
        // Rules that read a key follow aliases to it.
        [...types, ...reads].some((one) => isOf(type === alias ? key : type, one)),
      );
    byType.set(type, known);
    return known;
  };
  const mutants = graph.resources.flatMap(mutantsOf).filter((mutant) => harmless(mutant, graph) === null);
  const survivors = mutants.filter((mutant) =>
    failures(mutated(graph, mutant), concerning(mutant.resource.type)).every((one) => before.has(one)),
  );
  return { mutants: mutants.length, survivors };
}

const isOf = (type: string, pattern: string): boolean =>
  pattern === type || (pattern.includes("*") && new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(type));

function failures(graph: Graph, rules: readonly Rule[]): readonly string[] {
  return judge(graph, rules, { today: "2026-11-25" }).findings.flatMap(({ rule, resource, verdict }) =>
    verdict === "fail" ? [`${rule.id} ${resource.urn}`] : [],
  );
}

function mutated(graph: Graph, { resource, inputs }: Mutant): Graph {
  const others = graph.resources.filter((one) => one !== resource);
  if (inputs === null) return new Graph(others);
  return new Graph(
    graph.resources.map((one): Resource => (one === resource ? { ...resource, inputs } : one)),
  );
}
