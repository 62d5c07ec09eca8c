/** What of the knowledge a stack may declare runs on which target; a target that runs it not at all says so beforehand. */
import type { AlarmRule } from "../functions/core/alarm-rule.ts";
import { targets, type Target } from "./contracts/common.ts";

/** Kinds of alarm rules that a target runs. A detector of anomalies learns from thousands of values, which functions do not keep. */
const alarmKinds: Record<Target, readonly AlarmRule["kind"][]> = {
  local: ["limit", "late", "anomaly"],
  aws: ["limit", "late"],
  azure: ["limit", "late"],
};
/** Who tells the webhook: the site, which may be given roots of its own, or the provider, which trusts public ones. */
const tellsWebhookItself: Record<Target, boolean> = { local: true, aws: false, azure: false };

/** Where reports are made and kept; elsewhere `npx fieldlake report --stack` makes one on demand. */
const runsReports: Record<Target, boolean> = { local: true, aws: false, azure: false };

/** The keys that not every target takes. */
export interface DeclaredKnowledge {
  readonly alarms: {
    readonly rules: readonly Pick<AlarmRule, "kind" | "name">[];
    readonly webhook: { readonly trust: string | null } | null;
  };
  /** Whether the key is there. */
  readonly hasReports: boolean;
}

/** One text for each that the target does not run. */
export function knowledgeFaults(target: Target, { alarms, hasReports }: DeclaredKnowledge): string[] {
  return [
    ...alarmFaults(target, alarms),
    ...(hasReports && !runsReports[target]
      ? [`fieldlake:reports: received ${elsewhere(target, runsReports)}`]
      : []),
  ];
}

const elsewhere = (target: Target, runs: Readonly<Record<Target, boolean>>): string =>
  `for the target ${target}; allowed: on ${targets.filter((other) => runs[other]).join(", ")} only; take the key out of this stack`;

function alarmFaults(target: Target, { rules, webhook }: DeclaredKnowledge["alarms"]): string[] {
  const kinds = alarmKinds[target];
  const unknown = rules.flatMap(({ name, kind }, index) =>
    kinds.includes(kind)
      ? []
      : [
          `fieldlake:alarms.rules[${index}].kind: received "${kind}" (rule "${name}"); allowed on the target ${target}: ${kinds.join(", ")}`,
        ],
  );
  const isOwnTrust = (webhook?.trust ?? null) !== null && !tellsWebhookItself[target];
  return isOwnTrust
    ? [
        ...unknown,
        `fieldlake:alarms.webhook.trust: received roots for the target ${target}; allowed: nothing, the provider trusts public roots only`,
      ]
    : unknown;
}
