/**
 * Rules as CrossGuard policies. One policy collects what the program asked for, one judges the whole stack once; the
 * policy of each rule then only reports. A policy that has nothing to report is skipped by the SDK's own filter on
 * type, so that 2,000 resources are unpacked twice and not once for every rule.
 */
import type {
  Policies,
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { Graph, type Resource } from "./graph.ts";
import { judge, type Judgement } from "./judge.ts";
import { exceptionMessage, messageOf, staleMessage, undeterminedMessage } from "./message.ts";
import type { Finding, Rule } from "./rule.ts";
import { matches, readSettings, settingsSchema, type Settings } from "./settings.ts";
import { canonicalType } from "./types.ts";
import { toProperties, type Properties } from "./value.ts";

/** No resource has this type: with it a policy is skipped. */
const nothing = "fieldlake:policies:NothingToReport";

export function toPolicies(rules: readonly Rule[]): Policies {
  const court = new Court(rules);
  return [court.collector(), court.judge(), ...rules.map((rule) => court.reporter(rule)), ...court.remarks()];
}

class Court {
  readonly #rules: readonly Rule[];
  readonly #inputs = new Map<string, Properties>();
  #judgement: Judgement = { findings: [], staleExceptions: [] };
  #isAdvisory = false;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  collector(): ResourceValidationPolicy {
    return {
      name: "fieldlake-collect",
      description:
        "Remembers what the program asked for, so that a provider's own defaults can't pass for it",
      enforcementLevel: "mandatory",
      validateResource: ({ urn, props }: ResourceValidationArgs) => {
        this.#inputs.set(urn, toProperties(props));
      },
    };
  }

  judge(): StackValidationPolicy {
    return {
      name: "fieldlake-settings",
      description: "The pack's settings hold together, and every exception is in force and needed",
      enforcementLevel: "mandatory",
      configSchema: settingsSchema,
      validateStack: (args: StackValidationArgs, report: ReportViolation) => {
        const known = new Set(this.#rules.map(({ id }) => id));
        let settings: Settings;
        try {
          settings = readSettings(args.getConfig<Partial<Settings>>(), known);
        } catch (error) {
          report((error as Error).message);
          settings = readSettings({}, known);
        }
        const resources = args.resources.map((resource) => this.#resource(resource));
        const graph = new Graph(resources, { showsSecrets: false });
        this.#judgement = judge(graph, this.#rules, { settings });
        const stack = stackOf(args.resources);
        this.#isAdvisory = settings.advisoryStacks.some((glob) => matches(glob, stack));
        for (const one of this.#judgement.staleExceptions) report(staleMessage(one));
      },
    };
  }

  reporter(rule: Rule): StackValidationPolicy {
    const failed = () => this.#of("fail").filter((finding) => finding.rule === rule && !this.#isAdvisory);
    const { id, description, severity, fix, theme, remediate } = rule;
    const policy = {
      name: id,
      description,
      severity,
      remediationSteps: fix,
      tags: [theme],
      enforcementLevel: "mandatory" as const,
      validateStack: skippedUnless(
        () => failed().length > 0,
        (_: StackValidationArgs, report: ReportViolation) => {
          for (const finding of failed()) report(messageOf(finding), finding.resource.urn);
        },
      ),
    };
    return remediate === undefined ? policy : { ...policy, ...remediation(rule) };
  }

  remarks(): StackValidationPolicy[] {
    const remark = (
      name: string,
      description: string,
      findings: () => readonly Finding[],
      text: (finding: Finding) => string,
    ) => ({
      name,
      description,
      enforcementLevel: "advisory" as const,
      validateStack: skippedUnless(
        () => findings().length > 0,
        (_: StackValidationArgs, report: ReportViolation) => {
          for (const finding of findings()) report(text(finding), finding.resource.urn);
        },
      ),
    });
    return [
      remark(
        "fieldlake-undetermined",
        "A rule waits for what is not known before the update",
        () => this.#of("undetermined"),
        undeterminedMessage,
      ),
      remark(
        "fieldlake-exceptions",
        "A named exception is in force",
        () => this.#of("not-supported"),
        exceptionMessage,
      ),
      remark(
        "fieldlake-advisory-stacks",
        "A rule is violated, in a stack where rules only advise",
        () => (this.#isAdvisory ? this.#of("fail") : []),
        messageOf,
      ),
    ];
  }

  #of(verdict: Finding["verdict"]): readonly Finding[] {
    return this.#judgement.findings.filter((finding) => finding.verdict === verdict);
  }

  /** The program's inputs where they were seen; a resource that was not registered in this run keeps its state. */
  #resource(resource: PolicyResource): Resource {
    const { urn, type, name, props, opts, parent, provider, dependencies, propertyDependencies } = resource;
    const outputs = toProperties(props);
    return {
      urn,
      type: canonicalType(type),
      token: type,
      name,
      inputs: this.#inputs.get(urn) ?? outputs,
      outputs,
      id: typeof outputs["id"] === "string" ? outputs["id"] : null,
      parent: parent?.urn ?? null,
      provider: provider?.urn ?? null,
      isProtected: opts.protect,
      isRetained: false,
      isExternal: false,
      ignoredChanges: opts.ignoreChanges,
      dependencies: dependencies.map((one) => one.urn),
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([key, ones]) => [key, ones.map((one) => one.urn)]),
      ),
    };
  }
}

function stackOf(resources: readonly PolicyResource[]): string {
  return /^urn:pulumi:([^:]+)::/.exec(resources[0]?.urn ?? "")?.[1] ?? "";
}

/** `__pulumiType` on a callback is how the SDK attaches the one type that a policy is for (`getPulumiType`, policy.js). */
function skippedUnless<Callback extends (...args: never[]) => unknown>(
  hasWork: () => boolean,
  callback: Callback,
): Callback {
  return Object.defineProperty(callback, "__pulumiType", { get: () => (hasWork() ? undefined : nothing) });
}

/** Runs only where a customer set the rule's enforcement level to `remediate`. */
function remediation({ types, remediate }: Rule): Pick<ResourceValidationPolicy, "remediateResource"> {
  return {
    remediateResource: ({ type, props }) => {
      if (!types.includes(canonicalType(type))) return undefined;
      const changed = remediate?.(toProperties(props)) ?? null;
      if (changed === null) return undefined;
      // The properties themselves: reading one that is not known through the SDK's wrapper would throw.
      const own = (props as { __getSpecialProxyTarget?: object }).__getSpecialProxyTarget ?? props;
      return { ...own, ...changed };
    },
  };
}
