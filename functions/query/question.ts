/** What a caller asks: SQL, and the days of the lake that it is about. */
import { z } from "zod";

/** Days that one question may look at: each is a listing and its files. */
const mostDays = 366;
const dayMs = 86_400_000;
const day = z.iso.date("allowed: a day like 2026-11-21");

const schema = z
  .strictObject({
    sql: z.string().min(1).max(100_000),
    /** First and last day, UTC. Default: yesterday and today. */
    from: day.optional(),
    to: day.optional(),
    /** Most rows of the answer. Default 10,000. */
    rows: z.number().int().min(1).max(100_000).default(10_000),
  })
  .describe("question");

export interface Question {
  readonly sql: string;
  readonly rows: number;
  /** `2026-11-21`, in order. */
  readonly days: readonly string[];
}

/** The question is none, or about too much. The message is for who asked. */
export class QuestionError extends Error {
  override readonly name = "QuestionError";
}

/** Throws {@link QuestionError}. @param now milliseconds */
export function readQuestion(body: unknown, now: number): Question {
  const result = schema.safeParse(body);
  if (!result.success) throw new QuestionError(z.prettifyError(result.error));
  const { sql, rows, to = dayOf(now), from = dayOf(Math.min(Date.parse(to), now) - dayMs) } = result.data;
  const [first, last] = [Date.parse(from), Date.parse(to)];
  const count = (last - first) / dayMs + 1;
  if (!(count >= 1 && count <= mostDays)) {
    throw new QuestionError(
      `from, to: received ${from} to ${to}; allowed: 1 to ${mostDays} days, the first before the last`,
    );
  }
  return { sql, rows, days: Array.from({ length: count }, (_, index) => dayOf(first + index * dayMs)) };
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
