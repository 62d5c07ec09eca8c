/** Query parameters of the JSON API, checked; nothing else of an address reaches the lake. */
import { z } from "zod";
import type { LatestOrder } from "./api.ts";

/** A parameter or body is not what the API takes. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

const count = (minimum: number, maximum: number, preset: number) =>
  z.coerce
    .number({ error: `allowed: a whole number from ${minimum} to ${maximum}` })
    .int(`allowed: a whole number from ${minimum} to ${maximum}`)
    .min(minimum, `allowed: ${minimum} to ${maximum}`)
    .max(maximum, `allowed: ${minimum} to ${maximum}`)
    .default(preset);

const text = (maximum: number) => z.string().max(maximum, `allowed: at most ${maximum} characters`);
const name = text(512).min(1, "allowed: a name");

/** The year 9999: beyond it DuckDB and JavaScript print times differently. */
const lastMillisecond = 253_402_300_799_999;
const timeHint = "allowed: milliseconds since 1970, or ISO 8601 (2026-01-31T12:00:00Z)";

/** Milliseconds since 1970; fractions are microseconds. */
const time = z
  .string()
  .transform((value) => (/^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value)))
  .refine((value) => Math.abs(value) <= lastMillisecond, timeHint);

const latestOrders = ["device", "metric", "value", "time"] as const satisfies readonly LatestOrder[];

export const fleetParameters = z.object({ search: text(200).default(""), limit: count(1, 1000, 200) });

export const rateParameters = z.object({ minutes: count(1, 7 * 24 * 60, 60) });

export const latestParameters = z.object({
  search: text(200).default(""),
  order: z.enum(latestOrders, { error: `allowed: ${latestOrders.join(", ")}` }).default("device"),
  descending: z
    .enum(["true", "false"], { error: "allowed: true or false" })
    .default("false")
    .transform((value) => value === "true"),
  limit: count(1, 2000, 500),
});

export const metricsParameters = z.object({ device: name });

export const seriesParameters = z
  .object({
    device: name,
    metric: name,
    /** Where the metric is both a reading and a column of a wide table. Default: where it is found first. */
    table: name.optional(),
    /** Absent: of every sub-device; empty: of the device itself. */
    sub: text(512).optional(),
    from: time.optional(),
    to: time.optional(),
    points: count(10, 4000, 800),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ["from"],
    error: "allowed: a time before `to`",
  });
export type SeriesParameters = z.infer<typeof seriesParameters>;

export const quarantineParameters = z.object({ limit: count(1, 50, 20), before: text(512).optional() });

export const queryBody = z.strictObject({
  sql: text(65_536).refine((value) => value.trim() !== "", "allowed: one SQL statement"),
  maxRows: z.number().int().min(1).max(10_000).default(1000),
});

/** Throws {@link ParameterError} that names every mistake. */
export function parse<Output>(schema: z.ZodType<Output>, received: unknown): Output {
  const result = schema.safeParse(received);
  if (result.success) return result.data;
  throw new ParameterError(
    result.error.issues
      .map(({ path, message }) => `${path.join(".") || "body"}: ${shown(received, path)}${message}`)
      .join("; "),
  );
}

function shown(received: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>(
    (inner, key) => (inner !== null && typeof inner === "object" ? Reflect.get(inner, key) : undefined),
    received,
  );
  if (path.length === 0 || value === undefined) return "";
  return `received ${JSON.stringify(value).slice(0, 80)}; `;
}
