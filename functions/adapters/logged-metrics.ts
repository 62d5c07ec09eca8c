import { metricsMark } from "../azure-agreements.ts";
import type { Metrics } from "../ports.ts";

/** Metrics as a line of the function's log, from which the stack's alerts read them: no call, no permission. */
export function loggedMetrics(environment: string, write: (line: string) => void): Metrics {
  return {
    put(values) {
      if (Object.keys(values).length > 0) write(metricsMark + JSON.stringify({ environment, ...values }));
    },
  };
}
