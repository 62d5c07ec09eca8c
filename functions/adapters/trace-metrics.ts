import { metricMember } from "../azure-agreements.ts";
import type { Metrics } from "../ports.ts";

/** Metrics as a line of the function's trace, which Application Insights keeps and the alerts' queries read: no call, no permission. */
export function traceMetrics(
  environment: string,
  write: (line: string) => void = (line) => console.log(line),
): Metrics {
  return {
    put(values) {
      if (Object.keys(values).length > 0) write(JSON.stringify({ [metricMember]: environment, ...values }));
    },
  };
}
