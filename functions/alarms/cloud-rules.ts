/** All rules that look at values, over the files that land. */
import type { AlarmRule } from "../core/alarm-rule.ts";
import { readingsTable } from "../core/table.ts";
import type { AlarmReading } from "./alarm-reading.ts";
import { cloudAnomalies } from "./cloud-anomalies.ts";
import { cloudLimits } from "./cloud-limits.ts";
import type { SeriesStore } from "./kept-series.ts";
import type { Watching } from "./watching.ts";

export interface CloudRules {
  /** Whether any rule looks at a metric of a table. */
  watches(table: string, metric: string): boolean;
  /** Pieces of work that may run at the same time. */
  tasks(table: string, readings: readonly AlarmReading[]): readonly (() => Promise<void>)[];
}

export interface CloudRulesOptions extends SeriesStore {
  readonly rules: readonly AlarmRule[];
  /** Milliseconds since 1970. */
  now(): number;
  /** Told of what harms no other series. */
  warn(message: string): void;
}

export function cloudRules({ rules, ...options }: CloudRulesOptions): CloudRules {
  const limits = cloudLimits({ rules: rules.filter((rule) => rule.kind === "limit"), ...options });
  const anomalies = cloudAnomalies({ rules: rules.filter((rule) => rule.kind === "anomaly"), ...options });
  // A detector would learn from each sample of a frame.
  const of = (table: string): readonly Watching[] =>
    table === readingsTable.name ? [limits, anomalies] : [limits];
  return {
    watches: (table, metric) => of(table).some((rule) => rule.watches(metric)),
    tasks: (table, readings) => of(table).flatMap((rule) => rule.tasks(readings)),
  };
}
