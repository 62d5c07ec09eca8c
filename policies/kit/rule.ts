/** What a rule is made of. */
import type { Context } from "./context.ts";
import type { Graph, Resource } from "./graph.ts";
import type { Properties } from "./value.ts";
import type { Check } from "./verdict.ts";
import type { View } from "./view.ts";

export const themes = [
  "tls-in-transit",
  "cmk-at-rest",
  "device-identity",
  "least-privilege",
  "data-protection",
  "retired-services",
  "pack-hygiene",
] as const;
export type Theme = (typeof themes)[number];

export type Severity = "low" | "medium" | "high" | "critical";

/** What the service itself can't do, said by the rule: judged `not supported here` instead of failing. */
export interface Unsupported {
  readonly reason: string;
  readonly compensatingControl: string;
}

export interface Rule {
  /** `<target>-<service>-<verb>-<what>` */
  readonly id: string;
  readonly theme: Theme;
  /** One sentence that is true of a stack that complies. */
  readonly description: string;
  readonly severity: Severity;
  /** Canonical type tokens that the rule judges. */
  readonly types: readonly string[];
  /** Other types that it reads to judge: companions, targets. */
  readonly reads?: readonly string[];
  /** Outside controls that it answers; `†` marks an id that no source confirmed. */
  readonly controls: readonly string[];
  /** Why it matters, one sentence. */
  readonly why: string;
  /** In terms of the property to set. */
  readonly fix: string;
  /** False where the resource is none of the rule's business (a queue rule on a topic); default: all of the types. */
  readonly concerns?: (view: View, context: Context) => boolean;
  /** Where the service can't comply at all. */
  readonly unsupported?: (view: View, context: Context) => Unsupported | null;
  /** Wrong if one check is wrong, open if one is open, else right. */
  readonly check: (view: View, context: Context) => readonly Check[];
  /** Inputs that comply, where that can be said without knowing the customer's keys and names. Opt-in by CrossGuard's `remediate`. */
  readonly remediate?: (inputs: Properties) => Properties | null;
  /** A snippet of a violation and of its fix, for the documentation. */
  readonly example: { readonly violation: string; readonly fixed: string };
}

/** A rule's judgement of one resource. */
export interface Finding {
  readonly rule: Rule;
  readonly resource: Resource;
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  /** For `not-supported`. */
  readonly exception?: Unsupported & { readonly expires?: string };
}

/** `not-supported`: a named exception, with the control that makes up for it. */
export type Verdict = "pass" | "fail" | "undetermined" | "not-supported";

export type { Graph };
