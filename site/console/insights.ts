/** What the declared insights found, for whoever asks the console. */
import {
  evidenceOf,
  evidenceQuery,
  insightOf,
  insightQuery,
  type InsightRequest,
} from "../../functions/declared-insights/question.ts";
import type { Insights } from "./api.ts";
import type { LakeQueries } from "./lake-queries.ts";

export async function readInsights(queries: LakeQueries, asked: InsightRequest): Promise<Insights> {
  const { sql, parameters, maxRows } = insightQuery(asked);
  const insights = (await queries.rows(sql, parameters, maxRows)).map((row) => insightOf(Object.values(row)));
  if (insights.length === 0) return { insights, evidence: [] };
  const cited = evidenceQuery([...new Set(insights.map(({ evidence }) => evidence))]);
  const evidence = await queries.rows(cited.sql, cited.parameters, cited.maxRows);
  return { insights, evidence: evidence.map((row) => evidenceOf(Object.values(row))) };
}
