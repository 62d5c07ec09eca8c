/** What a plan says, as data: what would be made, how it is protected, what it is held against, what it would cost. */
import { z } from "zod";
import type { Config } from "../../config.ts";
import type { NamedException } from "../../components/contracts/common.ts";
import type { CostLine, ExpectedLoad, QuotaLine } from "../../components/contracts/outlook.ts";
import type { Evidence } from "../../policies/evidence/evidence.ts";
import { sealed, toValue, unknown } from "../../policies/kit/value.ts";
import { isProvider, stackType, type PlannedResource } from "./resources.ts";
import { violationsOf, type Violation } from "./violations.ts";

/** Stands for a text that is not known before the update, for example a key's ARN. */
export const notKnownYet = "known after up";

export interface PlannedComponent {
  /** For example `EncryptedLake`; `null` for what belongs to the environment as a whole. */
  readonly component: string | null;
  readonly name: string;
  readonly resources: readonly { readonly type: string; readonly name: string; readonly urn: string }[];
}

export interface PlannedEncryption {
  readonly component: string;
  readonly name: string;
  readonly detail: string;
  readonly inTransit: string | null;
  readonly atRest: string | null;
  /** The customer's key, {@link notKnownYet}, or `null` where nothing is stored. */
  readonly keyId: string | null;
}

export interface TouchedQuota extends QuotaLine {
  /** Of the limit, 1 is all of it. */
  readonly used: number;
  readonly state: QuotaState;
}
export type QuotaState = "within" | "near" | "beyond";

export interface Plan {
  readonly format: "fieldlake-plan/1";
  readonly stack: string;
  readonly environment: string;
  readonly target: string;
  /** `null` where the target has no regions. */
  readonly region: string | null;
  readonly engine: string;
  /** What the engine and the providers had to say, above all that no cloud was asked. */
  readonly remarks: readonly string[];
  /** All that would be made, components included, providers not. */
  readonly resources: number;
  readonly components: readonly PlannedComponent[];
  readonly encryption: readonly PlannedEncryption[];
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly exceptions: readonly NamedException[];
  /** What the fleet is expected to send: the basis of quotas and costs. */
  readonly load: ExpectedLoad;
  readonly quotas: readonly TouchedQuota[];
  readonly costs: { readonly lines: readonly CostLine[]; readonly usdPerMonth: number };
  readonly policies: {
    readonly passed: boolean;
    readonly counts: Evidence["counts"];
    readonly requirements: readonly { readonly requirement: string; readonly counts: Evidence["counts"] }[];
    readonly violations: readonly Violation[];
    readonly staleExceptions: Evidence["staleExceptions"];
  };
}

export interface PlanParts {
  readonly stack: string;
  readonly engine: string;
  readonly remarks: readonly string[];
  readonly config: Config;
  readonly resources: readonly PlannedResource[];
  readonly evidence: Evidence;
}

/** The outputs of the composition root that a plan reads; their types are the contracts'. */
const outputsSchema = z.object({
  encryptionState: z.array(
    z.object({
      component: z.string(),
      name: z.string(),
      detail: z.string(),
      inTransit: z.string().nullable(),
      atRest: z.string().nullable(),
      keyId: z.string().nullable(),
    }),
  ),
  capabilities: z.record(z.string(), z.unknown()),
  exceptions: z.array(
    z.object({
      rule: z.string(),
      resource: z.string(),
      reason: z.string(),
      compensatingControl: z.string(),
    }),
  ),
  costs: z.array(
    z.object({
      component: z.string(),
      item: z.string(),
      basis: z.string(),
      usdPerMonth: z.number(),
      source: z.string(),
    }),
  ),
  quotas: z.array(
    z.object({
      quota: z.string(),
      limit: z.number(),
      expected: z.number(),
      unit: z.string(),
      remark: z.string(),
      source: z.string(),
    }),
  ),
});

/** Throws where the stack's outputs are not those of the composition root. */
export function makePlan({ stack, engine, remarks, config, resources, evidence }: PlanParts): Plan {
  const made = resources.filter((resource) => resource.type !== stackType && !isProvider(resource));
  const outputs = outputsSchema.parse(
    readable(resources.find(({ type }) => type === stackType)?.outputs ?? {}),
  );
  const { encryptionState, capabilities, exceptions, costs, quotas } = outputs;
  const { environment, target, region, load } = config;
  return {
    ...{ format: "fieldlake-plan/1", stack, environment, target, region, engine, remarks },
    resources: made.length,
    components: byComponent(made),
    encryption: encryptionState,
    capabilities,
    exceptions,
    load,
    quotas: quotas.map(touched),
    costs: { lines: costs, usdPerMonth: totalOf(costs) },
    policies: {
      passed: evidence.passed,
      counts: evidence.counts,
      requirements: evidence.requirements.map(({ requirement, counts }) => ({ requirement, counts })),
      violations: violationsOf(evidence),
      staleExceptions: evidence.staleExceptions,
    },
  };
}

/** From four fifths of a quota on, an ordinary peak touches it. */
const nearFrom = 0.8;

export function touched(line: QuotaLine): TouchedQuota {
  const used = line.expected / line.limit;
  return { ...line, used, state: used > 1 ? "beyond" : used >= nearFrom ? "near" : "within" };
}

/** In cents, so that the sum is that of what is printed. */
export const totalOf = (lines: readonly CostLine[]): number =>
  lines.reduce((cents, { usdPerMonth }) => cents + Math.round(usdPerMonth * 100), 0) / 100;

/** Resources below the component that made them, in the order in which the components come. */
function byComponent(resources: readonly PlannedResource[]): PlannedComponent[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const componentOf = (resource: PlannedResource): PlannedResource | undefined => {
    if (componentName(resource) !== null) return resource;
    const parent = byUrn.get(resource.parent ?? "");
    return parent === undefined ? undefined : componentOf(parent);
  };
  const groups = new Map<PlannedResource | undefined, PlannedResource[]>();
  for (const resource of resources) {
    const owner = componentOf(resource);
    const group = groups.get(owner) ?? [];
    if (resource !== owner) group.push(resource);
    groups.set(owner, group);
  }
  return [...groups].map(([owner, group]) => ({
    component: owner === undefined ? null : componentName(owner),
    name: owner === undefined ? "environment" : nameOf(owner),
    resources: group.map((resource) => ({ type: resource.type, name: nameOf(resource), urn: resource.urn })),
  }));
}

const componentName = ({ type, custom }: PlannedResource): string | null =>
  custom ? null : (/^fieldlake:[a-z]+:(\w+)$/.exec(type)?.[1] ?? null);
const nameOf = ({ urn }: PlannedResource): string => urn.split("::").at(-1) ?? urn;

/** Outputs with words where the engine has marks. */
function readable(outputs: unknown): unknown {
  const inWords = (value: unknown): unknown => {
    if (value === unknown) return notKnownYet;
    if (value === sealed) return "a secret";
    if (Array.isArray(value)) return value.map(inWords);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inWords(inner)]));
  };
  return inWords(toValue(outputs));
}
