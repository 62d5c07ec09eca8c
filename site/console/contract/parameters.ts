/** Parameters and bodies of the API, checked; nothing else of a request reaches the lake. */
import { z } from "zod";

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
  .union([z.string(), z.number()], { error: timeHint })
  .transform((value) =>
    typeof value === "number" || /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value),
  )
  .refine((value) => Math.abs(value) <= lastMillisecond, timeHint)
  .describe("Milliseconds since 1970, or ISO 8601.");

interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}
const fromBeforeTo = { path: ["from"], error: "allowed: a time before `to`" };
function inOrder({ from, to }: Range): boolean {
  return from === undefined || to === undefined || from < to;
}

export const latestOrders = ["device", "metric", "value", "time"] as const;

/** Of an answer that is rows. */
export const formats = ["json", "csv", "parquet"] as const;
const format = z
  .enum(formats, { error: `allowed: ${formats.join(", ")}` })
  .default("json")
  .describe("Rows alone where it is not `json`.");

export const nothing = z.object({});

export const fleetParameters = z.object({
  search: text(200).default("").describe("In ids and profiles, whatever the case."),
  limit: count(1, 1000, 200),
  format,
});

export const rateParameters = z.object({ minutes: count(1, 7 * 24 * 60, 60) });

export const latestParameters = z.object({
  search: text(200).default("").describe("Words that device, sub-device and metric must all hold."),
  order: z.enum(latestOrders, { error: `allowed: ${latestOrders.join(", ")}` }).default("device"),
  descending: z
    .enum(["true", "false"], { error: "allowed: true or false" })
    .default("false")
    .transform((value) => value === "true"),
  limit: count(1, 2000, 500),
  format,
});

export const metricsParameters = z.object({ device: name, format });

const stretch = {
  device: name,
  metric: name,
  table: name
    .optional()
    .describe(
      "Where the metric is both a reading and a column of a wide table. Default: where it is found first.",
    ),
  sub: text(512).optional().describe("Absent: of every sub-device; empty: of the device itself."),
  from: time.optional(),
  to: time.optional(),
};

export const outlookParameters = z
  .object({
    ...stretch,
    points: count(12, 2000, 1000).describe("Buckets that the range is divided into; their means are judged."),
    ahead: count(1, 500, 48).describe("Values ahead."),
    level: z.coerce
      .number({ error: "allowed: 0.5 to 0.99" })
      .min(0.5, "allowed: 0.5 to 0.99")
      .max(0.99, "allowed: 0.5 to 0.99")
      .default(0.9)
      .describe("Share of the values that the interval is to hold."),
  })
  .refine(inOrder, fromBeforeTo);

export const searchParameters = z.object({
  words: text(200).refine((value) => value.trim() !== "", "allowed: one or more words"),
  limit: count(1, 100, 20),
});

export const seriesParameters = z
  .object({
    ...stretch,
    points: count(10, 4000, 800).describe("Buckets that the range is divided into."),
    format,
  })
  .refine(inOrder, fromBeforeTo);
export type SeriesParameters = z.infer<typeof seriesParameters>;

export const quarantineParameters = z.object({
  limit: count(1, 50, 20),
  before: z
    .string()
    .regex(/^\d{1,18}-[0-9A-F]{0,64}$/, "allowed: `next` of the page before")
    .optional()
    .describe("`next` of the page before."),
  format,
});

const statement = {
  sql: text(65_536)
    .refine((value) => value.trim() !== "", "allowed: one SQL statement")
    .describe("One SELECT, in DuckDB's SQL."),
  from: time.optional().describe("Rows before this time are left out; milliseconds since 1970, or ISO 8601."),
  to: time.optional().describe("Rows from this time on are left out."),
};

export const queryBody = z
  .strictObject({ ...statement, maxRows: z.number().int().min(1).max(10_000).default(1000) })
  .refine(inOrder, fromBeforeTo);

export const exportFormats = ["parquet", "csv", "ndjson"] as const;
export const exportBody = z
  .strictObject({
    ...statement,
    format: z.enum(exportFormats, { error: `allowed: ${exportFormats.join(", ")}` }),
  })
  .refine(inOrder, fromBeforeTo);

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
