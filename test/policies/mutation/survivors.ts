/** Which weaker copies of a stack's resources the pack does not catch. */
import { Graph, topLevel, type Resource } from "../../../policies/kit/graph.ts";
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
  const concerning = concerningOf(rules);
  const mutants = graph.resources.flatMap(mutantsOf).filter((mutant) => harmless(mutant, graph) === null);
  const survivors = mutants.filter(
    (mutant) => !isCaught(mutated(graph, mutant), concerning(mutant.resource.type), before),
  );
  return { mutants: mutants.length, survivors };
}

/**
 * Properties of which a weaker value is caught, and `ignoreChanges` is not: an old value would stay behind the program's
 * back. A name that stays is no weakness, and components ignore nothing for what they make.
 */
export function frozenSurvivorsOf(graph: Graph, rules: readonly Rule[]): readonly string[] {
  const before = new Set(failures(graph, rules));
  const concerning = concerningOf(rules);
  const isCaughtWith = (resource: Resource, change: Partial<Resource>): boolean =>
    isCaught(
      new Graph(graph.resources.map((one) => (one === resource ? { ...one, ...change } : one))),
      concerning(resource.type),
      before,
    );
  return graph.resources
    .filter(({ type }) => !type.startsWith("fieldlake:"))
    .flatMap((resource) => {
      const weaker = mutantsOf(resource).filter(({ path }) => !named.test(path));
      return [...new Set(weaker.map(({ path }) => topLevel(path)))]
        .filter((property) => property !== "" && !isCaughtWith(resource, { ignoredChanges: [property] }))
        .filter((property) =>
          weaker.some(
            ({ path, inputs }) =>
              inputs !== null && topLevel(path) === property && isCaughtWith(resource, { inputs }),
          ),
        )
        .map((property) => `${resource.name} (${resource.type}): ${property}`);
    });
}

/** Names, kinds, and where what happens beside a store is written or comes from. */
const named =
  /^(name|bucket|isHnsEnabled|type|connectionType|sourceAccount|eventSourceArn|targetBucket|logging|toPort)$|^(\w+Name|kind|sku|logging)(\.\w+)?$/;

function concerningOf(rules: readonly Rule[]): (type: string) => readonly Rule[] {
  const byType = new Map<string, readonly Rule[]>();
  return (type) => {
    const known =
      byType.get(type) ??
      rules.filter(({ types, reads = [] }) =>
        // Rules that read a key follow aliases to it.
        [...types, ...reads].some((one) => isOf(type === alias ? key : type, one)),
      );
    byType.set(type, known);
    return known;
  };
}

/** One rule at a time, until one has something against it that was not there before: whether a second has, nobody asks. */
const isCaught = (graph: Graph, rules: readonly Rule[], before: ReadonlySet<string>): boolean =>
  rules.some((rule) => failures(graph, [rule]).some((one) => !before.has(one)));

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
