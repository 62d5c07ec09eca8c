/** Asking for insights: what may be asked, the statements for it, and rows as answers. For page, programs, command line. */
import { z } from "zod";

export const insightKinds = ["gap", "late", "limit", "anomaly", "forecast", "remaining-time"] as const;

export const insightRequest = z.object({
  kind: z.enum(insightKinds, { error: `allowed: ${insightKinds.join(", ")}` }).optional(),
  insight: z.string().max(63).optional().describe("Its declared name."),
  device: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
export type InsightRequest = z.output<typeof insightRequest>;

const columns = [
  ...["insight", "insight_version", "kind", "device_id", "sub_device", "metric"],
  ...[
    "epoch_us(ts)",
    "epoch_us(until)",
    "epoch_us(earliest)",
    "detail",
    "value",
    "expected",
    "lower",
    "upper",
  ],
  ...["score", "model", "rows", "codec", "evidence"],
] as const;

/** Newest first. */
export function insightQuery({ kind, insight, device, limit }: InsightRequest) {
  const conditions = Object.entries({ kind, insight, device_id: device }).filter(
    ([, value]) => value !== undefined,
  );
  const where =
    conditions.length === 0 ? "" : `WHERE ${conditions.map(([name]) => `${name} = ?`).join(" AND ")}`;
  return {
    sql: `SELECT ${columns.join(", ")} FROM insights ${where}
      ORDER BY ts DESC, insight, device_id, sub_device, metric LIMIT ${limit}`,
    parameters: conditions.map(([, value]) => String(value)),
    maxRows: limit,
  };
}

/** Files that these rest on. */
export function evidenceQuery(evidence: readonly string[]) {
  return {
    sql: `SELECT evidence, source, file, sha256, rows FROM insight_evidence
      WHERE list_contains(string_split(?, ','), evidence) ORDER BY evidence, source, file`,
    parameters: [evidence.join(",")],
    maxRows: 50_000,
  };
}

const microseconds = z.number().describe("Microseconds since 1970.");

export const insight = z.object({
  insight: z.string().describe("Its declared name."),
  version: z.number().int().describe("Its declared version."),
  kind: z.string(),
  device: z.string(),
  sub: z.string().nullable(),
  metric: z.string().nullable(),
  ts: microseconds.describe("Where it begins; of a forecast: the window that is meant."),
  until: microseconds.nullable().describe("Null while it lasts."),
  earliest: microseconds.nullable().describe("Of a remaining time: when at the earliest."),
  detail: z.string().describe("In words."),
  value: z.number().nullable(),
  expected: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  score: z.number().nullable(),
  model: z.string().nullable().describe("With its version."),
  rows: z.number().int().describe("Values that were looked at for it."),
  codec: z.string().nullable().describe("Profiles that decoded them, each with its version."),
  evidence: z.string().describe("Names the files that it rests on."),
});
export type Insight = z.output<typeof insight>;

export const insightEvidence = z.object({
  evidence: z.string(),
  source: z.string().describe("Table of the file."),
  file: z.string(),
  sha256: z.string().describe("Of the file's bytes."),
  rows: z.number().int(),
});
export type InsightEvidence = z.output<typeof insightEvidence>;

const text = (value: unknown): string => String(value);
const textOrNull = (value: unknown): string | null => (value === null ? null : String(value));
const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));

/** A row of {@link insightQuery}; 64-bit integers come as text. */
export function insightOf(row: readonly unknown[]): Insight {
  const [name, version, kind, device, sub, metric, ts, until, earliest, detail, ...rest] = row;
  const [value, expected, lower, upper, score, model, rows, codec, evidence] = rest;
  return {
    ...{ insight: text(name), version: Number(version), kind: text(kind), device: text(device) },
    ...{ sub: textOrNull(sub), metric: textOrNull(metric), ts: Number(ts), until: numberOrNull(until) },
    ...{ earliest: numberOrNull(earliest), detail: text(detail), value: numberOrNull(value) },
    ...{ expected: numberOrNull(expected), lower: numberOrNull(lower), upper: numberOrNull(upper) },
    ...{ score: numberOrNull(score), model: textOrNull(model), rows: Number(rows) },
    ...{ codec: textOrNull(codec), evidence: text(evidence) },
  };
}

export function evidenceOf(row: readonly unknown[]): InsightEvidence {
  const [evidence, source, file, sha256, rows] = row;
  return {
    ...{ evidence: text(evidence), source: text(source), file: text(file) },
    ...{ sha256: text(sha256), rows: Number(rows) },
  };
}
