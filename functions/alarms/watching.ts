/** Which rules look at which values of a file. */
import { globTest } from "../core/dispatch.ts";
import { youngest, type AlarmReading } from "./alarm-reading.ts";

/** What one rule has to say to one series. */
export interface Judged<Rule> {
  readonly rule: Rule;
  /** By their event times; at least one. */
  readonly readings: readonly [AlarmReading, ...AlarmReading[]];
}

export interface Watching {
  /** Whether any rule looks at a metric. */
  watches(metric: string): boolean;
  /** One piece of work for each series and rule; they may run at the same time. */
  tasks(readings: readonly AlarmReading[]): readonly (() => Promise<void>)[];
}

/** @param now milliseconds since 1970 */
export function watching<Rule extends { readonly metric: string; readonly devices: string }>(
  rules: readonly Rule[],
  judge: (judged: Judged<Rule>) => Promise<void>,
  now: () => number,
): Watching {
  const rulesOf = Map.groupBy(
    rules.map((rule) => ({ rule, concerns: globTest(rule.devices) })),
    ({ rule }) => rule.metric,
  );
  return {
    watches: (metric) => rulesOf.has(metric),
    tasks(readings) {
      const oldest = now() * 1_000 - youngest;
      const series = Map.groupBy(
        readings.filter(({ time }) => time >= oldest),
        ({ device, sub, metric }) => JSON.stringify([device, sub, metric]),
      );
      return [...series.values()].flatMap((its) => {
        const sorted = its.toSorted((one, other) => one.time - other.time) as [AlarmReading];
        const [{ metric, device }] = sorted;
        return (rulesOf.get(metric) ?? [])
          .filter(({ concerns }) => concerns(device))
          .map(
            ({ rule }) =>
              () =>
                judge({ rule, readings: sorted }),
          );
      });
    },
  };
}
