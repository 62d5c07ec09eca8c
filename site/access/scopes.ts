/** What an API token may be good for. */

export const scopes = {
  devices: "which devices there are, and whether they are online",
  values: "measured values: latest ones, series, forecasts, anomalies, what models tell",
  alarms: "alarms: to see, acknowledge and silence them",
  quarantine: "messages that no decoder took, with their bytes",
  uploads: "files that devices logged: to bring them into the lake",
  replay: "stored messages decoded again: to begin it, and what it changed",
  reports: "reports of the whole environment: to make, list and download them",
  query: "SQL over readings, frames and quarantine, and its export",
  environment: "resources, sizes and counts of the whole environment",
} as const;

export type Scope = keyof typeof scopes;
export const scopeNames = Object.keys(scopes) as readonly Scope[];
