/** All rules over all resources: every rule × resource gets a verdict, exceptions are applied and judged themselves. */
import { Context } from "./context.ts";
import type { Graph, Resource } from "./graph.ts";
import type { Finding, Rule } from "./rule.ts";
import { defaultSettings, matches, type Exception, type Settings } from "./settings.ts";
import { fail, worst, type Check } from "./verdict.ts";

export interface Judgement {
  /** In the order of the rules, then of the resources. */
  readonly findings: readonly Finding[];
  /** Exceptions that have expired, or that no violation needed. */
  readonly staleExceptions: readonly StaleException[];
}

export interface StaleException {
  readonly exception: Exception;
  readonly state: "expired" | "unused";
}

export interface JudgeOptions {
  readonly settings?: Settings;
  /** `YYYY-MM-DD`; default: today. */
  readonly today?: string;
}

export function judge(graph: Graph, rules: readonly Rule[], options: JudgeOptions = {}): Judgement {
  const { settings = defaultSettings, today = new Date().toISOString().slice(0, 10) } = options;
  const context = new Context(graph, settings, today);
  const used = new Set<Exception>();
  const findings = rules.flatMap((rule) =>
    graph.ofTypes(rule.types).flatMap((resource) => {
      const finding = findingOf(rule, resource, context);
      return finding === null ? [] : [withException(finding, settings.exceptions, today, used)];
    }),
  );
  return { findings, staleExceptions: stale(settings.exceptions, today, used) };
}

function findingOf(rule: Rule, resource: Resource, context: Context): Finding | null {
  const view = context.view(resource);
  if (rule.concerns?.(view, context) === false) return null;
  const unsupported = rule.unsupported?.(view, context) ?? null;
  if (unsupported !== null)
    return { rule, resource, verdict: "not-supported", checks: [], exception: unsupported };
  const checks = safely(() => rule.check(view, context), rule);
  return { rule, resource, verdict: worst(checks.map(({ outcome }) => outcome)), checks };
}

/** A resource in a shape that nobody foresaw must not end the judgement of all others, nor pass. */
function safely(check: () => readonly Check[], rule: Rule): readonly Check[] {
  try {
    return check();
  } catch (error) {
    return [fail("", `in a form that rule ${rule.id} can't read (${(error as Error).message})`)];
  }
}

function withException(
  finding: Finding,
  exceptions: readonly Exception[],
  today: string,
  used: Set<Exception>,
): Finding {
  if (finding.verdict !== "fail") return finding;
  const { rule, resource } = finding;
  const found = exceptions.find(
    (exception) =>
      exception.rule === rule.id &&
      (matches(exception.resource, resource.name) || matches(exception.resource, resource.urn)),
  );
  if (found === undefined) return finding;
  used.add(found);
  if (found.expires < today) return finding;
  const { reason, compensatingControl, expires } = found;
  return { ...finding, verdict: "not-supported", exception: { reason, compensatingControl, expires } };
}

function stale(
  exceptions: readonly Exception[],
  today: string,
  used: ReadonlySet<Exception>,
): StaleException[] {
  return exceptions.flatMap((exception): StaleException[] => {
    if (exception.expires < today) return [{ exception, state: "expired" }];
    return used.has(exception) ? [] : [{ exception, state: "unused" }];
  });
}
