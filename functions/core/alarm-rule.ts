/** What an environment wants to be told of: rules as data, checked once, the same for whoever runs them. */
import { z } from "zod";
import { metricPattern } from "./normalise/metric.ts";

const common = {
  /** Names the rule in alarms. Unique. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "allowed: 1 to 63 of a-z 0-9 -, starting with a letter"),
  /** Goes up with each change of meaning; alarms say which one raised them. Default 1. */
  version: z.number().int().min(1).max(1_000_000).default(1),
  /** Glob on the device id. Default every device. */
  devices: z.string().min(1).max(128).default("*"),
  severity: z.enum(["info", "warning", "critical"]).default("warning"),
};
const metric = z.string().regex(metricPattern, "allowed: a metric as the lake names it, lower_snake");

const limitRule = z
  .strictObject({
    ...common,
    kind: z.literal("limit"),
    metric,
    /** Raised beyond it; exactly one of `above` and `below`. */
    above: z.number().optional(),
    below: z.number().optional(),
    /** Cleared on the other side of it; default the limit itself. */
    release: z.number().optional(),
    /** Values in a row beyond the limit before it counts. Default 1. */
    atLeast: z.number().int().min(1).max(100_000).default(1),
  })
  .check(({ value, issues }) => {
    const { above, below, release } = value;
    if ((above === undefined) === (below === undefined)) {
      const received = above === undefined ? "neither" : "both";
      issues.push({
        code: "custom",
        message: `received ${received} of above and below; allowed: one of them`,
        input: value,
      });
    } else if (
      release !== undefined &&
      (above === undefined ? release < Number(below) : release > Number(above))
    ) {
      const allowed = above === undefined ? `at least ${below}` : `at most ${above}`;
      issues.push({
        code: "custom",
        path: ["release"],
        message: `received ${release}; allowed: ${allowed}, or the alarm would never end`,
        input: release,
      });
    }
  });

const lateRule = z.strictObject({
  ...common,
  kind: z.literal("late"),
  /** Without a word from a device that was heard before. */
  minutes: z.number().positive().max(527_040),
});

const anomalyRule = z.strictObject({
  ...common,
  kind: z.literal("anomaly"),
  metric,
  /** Share of usual values that may be called anomalies. Default 0.00003. */
  risk: z.number().gt(0).max(0.1).default(3e-5),
});

export const alarmRule = z.discriminatedUnion("kind", [limitRule, lateRule, anomalyRule]);
export type AlarmRule = z.output<typeof alarmRule>;
export type LimitRule = Extract<AlarmRule, { kind: "limit" }>;
export type LateRule = Extract<AlarmRule, { kind: "late" }>;
export type AnomalyRule = Extract<AlarmRule, { kind: "anomaly" }>;

/** At most 100; each name once. */
export const alarmRules = z
  .array(alarmRule)
  .max(100)
  .check(({ value, issues }) => {
    const seen = new Set<string>();
    value.forEach(({ name }, index) => {
      if (seen.has(name)) {
        issues.push({
          code: "custom",
          path: [index, "name"],
          message: `received "${name}" a second time; allowed: each name once`,
          input: name,
        });
      }
      seen.add(name);
    });
  });
