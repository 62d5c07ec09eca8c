/** What an environment wants to be worked out of its readings: data, checked once, the same for whoever computes it. */
import { z } from "zod";

const glob = z.string().min(1).max(128).default("*");
const version = z.number().int().min(1).max(1_000_000).default(1);
const common = {
  /** Names the insight in its results. Unique. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "allowed: 1 to 63 of a-z 0-9 -, starting with a letter"),
  /** Goes up with each change of meaning; results say which one they are of. Default 1. */
  version,
  /** Glob on the device id. Default every device. */
  devices: glob,
  /** Glob on the metric. Default every metric. */
  metrics: glob,
};
const minutes = z.number().int().min(1).max(527_040);

/** Stretches without any value, judged once an hour is over. */
const gapInsight = z.strictObject({
  ...common,
  kind: z.literal("gap"),
  /** Shortest one that counts. Default 60. */
  minutes: minutes.default(60),
});

/** Series that have not said anything for a while, as of the last computation. */
const lateInsight = z.strictObject({ ...common, kind: z.literal("late"), minutes: minutes.default(60) });

/** Stretches beyond a limit, by the largest (or smallest) value of each minute. */
const limitInsight = z
  .strictObject({
    ...common,
    kind: z.literal("limit"),
    /** Exactly one of `above` and `below`. */
    above: z.number().optional(),
    below: z.number().optional(),
    /** It ends on the other side of it; default the limit itself. */
    release: z.number().optional(),
    /** Minutes in a row beyond the limit before it counts. Default 1. */
    atLeast: z.number().int().min(1).max(1_440).default(1),
  })
  .check(({ value, issues }) => {
    const fault = limitFault(value);
    if (fault !== null) issues.push({ code: "custom", message: fault, input: value });
  });

/** What stands out of a series' own season and spread, without labels. */
const anomalyInsight = z.strictObject({
  ...common,
  kind: z.literal("anomaly"),
  /** Windows that are judged. Default `1m`. */
  step: z.enum(["1m", "1h"]).default("1m"),
  /** Share of usual values that may be called anomalies. Default 0.00003. */
  risk: z.number().gt(0).max(0.05).default(3e-5),
});

/** The next values with an interval, and where a limit is given, how long until it is passed. */
const forecastInsight = z.strictObject({
  ...common,
  kind: z.literal("forecast"),
  /** Windows of the series and of its forecast. Default `1h`. */
  step: z.enum(["1m", "1h", "1d"]).default("1h"),
  /** Windows ahead. Default 24. */
  horizon: z.number().int().min(1).max(1_000).default(24),
  /** Share of the values that the interval is to hold. Default 0.9. */
  level: z.number().min(0.5).max(0.99).default(0.9),
  above: z.number().optional(),
  below: z.number().optional(),
  /** Minutes between two forecasts. Default 60. */
  everyMinutes: minutes.default(60),
});

export const declaredInsight = z.discriminatedUnion("kind", [
  gapInsight,
  lateInsight,
  limitInsight,
  anomalyInsight,
  forecastInsight,
]);
export type DeclaredInsight = z.output<typeof declaredInsight>;
export type LimitInsight = Extract<DeclaredInsight, { kind: "limit" }>;
export type AnomalyInsight = Extract<DeclaredInsight, { kind: "anomaly" }>;
export type ForecastInsight = Extract<DeclaredInsight, { kind: "forecast" }>;

const defaults = [
  { kind: "gap", name: "gaps" },
  { kind: "late", name: "late" },
] as const;

/** Everything below `fieldlake:insights`; each key has a default. */
export const insightDeclaration = z.strictObject({
  /** Of which series there are roll-ups of a minute, an hour and a day. Default: of all. */
  rollUps: z.strictObject({ version, devices: glob, metrics: glob }).prefault({}),
  /** At most 50; each name once. Default: gaps of an hour, and who has been silent for one. */
  declared: z
    .array(declaredInsight)
    .max(50)
    .prefault([...defaults])
    .check(({ value, issues }) => {
      value.forEach(({ name }, index) => {
        if (value.findIndex((other) => other.name === name) === index) return;
        const message = `received "${name}" a second time; allowed: each name once`;
        issues.push({ code: "custom", path: [index, "name"], message, input: name });
      });
    }),
  /** Seconds between two looks at what changed. Default 60. */
  everySeconds: z.number().int().min(5).max(86_400).default(60),
});
export type InsightDeclaration = z.output<typeof insightDeclaration>;

function limitFault({
  above,
  below,
  release,
}: Readonly<Partial<Record<"above" | "below" | "release", number | undefined>>>): string | null {
  if ((above === undefined) === (below === undefined))
    return `received ${above === undefined ? "neither" : "both"} of above and below; allowed: one of them`;
  if (release === undefined) return null;
  if (above === undefined ? release >= Number(below) : release <= above) return null;
  const allowed = above === undefined ? `at least ${below}` : `at most ${above}`;
  return `received the release ${release}; allowed: ${allowed}, or it would never end`;
}
