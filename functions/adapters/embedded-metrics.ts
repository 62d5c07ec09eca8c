import { metricDimension, metricNamespace } from "../aws-agreements.ts";
import type { Metrics } from "../ports.ts";

/**
 * CloudWatch metrics as a line of the log (embedded metric format): no call, no permission. Written past `console`,
 * whose JSON log format would wrap it.
 */
export function embeddedMetrics(
  environment: string,
  write: (line: string) => void = (line) => void process.stdout.write(line),
  now: () => number = Date.now,
): Metrics {
  return {
    put(values) {
      const metrics = Object.keys(values).map((Name) => ({ Name }));
      if (metrics.length === 0) return;
      const _aws = {
        Timestamp: now(),
        CloudWatchMetrics: [
          { Namespace: metricNamespace, Dimensions: [[metricDimension]], Metrics: metrics },
        ],
      };
      write(`${JSON.stringify({ _aws, [metricDimension]: environment, ...values })}\n`);
    },
  };
}
