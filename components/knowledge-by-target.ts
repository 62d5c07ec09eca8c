/** What of the knowledge a stack may declare runs on which target; a target that runs it not at all says so beforehand. */
import type { ReportSchedule } from "../fleet/environment-report/declaration.ts";
import type { Target } from "./contracts/common.ts";

/** Who tells the webhook: the site, which may be given roots of its own, or the provider, which trusts public ones. */
const tellsWebhookItself: Record<Target, boolean> = { local: true, aws: false, azure: false };

/** When reports are made by themselves where nothing is said: a site is asked whenever somebody wants one. */
export const usualReports: Record<Target, ReportSchedule | null> = {
  local: null,
  aws: { every: "day", hourUtc: 6 },
  azure: { every: "day", hourUtc: 6 },
};

/** The keys that not every target takes. */
export interface DeclaredKnowledge {
  readonly alarms: {
    readonly webhook: { readonly trust: string | null } | null;
  };
}

/** One text for each that the target does not run. */
export function knowledgeFaults(target: Target, { alarms: { webhook } }: DeclaredKnowledge): string[] {
  return (webhook?.trust ?? null) === null || tellsWebhookItself[target]
    ? []
    : [
        `fieldlake:alarms.webhook.trust: received roots for the target ${target}; allowed: nothing, the provider trusts public roots only`,
      ];
}
