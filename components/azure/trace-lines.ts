import { metricMember } from "../../functions/azure-agreements.ts";

/** The functions' own metrics and notices, one row a trace line. KQL. */
export const metricsOf = (environment: string): string =>
  `AppTraces | where Message startswith '{"${metricMember}":"${environment}"' | extend m = parse_json(Message)`;
