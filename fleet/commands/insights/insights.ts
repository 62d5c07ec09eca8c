import { isoMicros } from "../../../functions/core/instant.ts";
import {
  evidenceOf,
  evidenceQuery,
  insightOf,
  insightQuery,
  insightRequest,
  type InsightRequest,
} from "../../../functions/declared-insights/question.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { renderTable } from "../../render/table.ts";
import { counted, duration } from "../../render/units.ts";
import type { CommandContext } from "../context.ts";

type Context = Pick<CommandContext, "terminal" | "site">;

export interface ListInsightsOptions extends Partial<InsightRequest> {
  readonly json?: boolean;
}

/** Prints what the declared insights found, newest first, and what it rests on. Throws CommandError, as the next. */
export async function listInsights(
  { json = false, ...asked }: ListInsightsOptions,
  { terminal, site }: Context,
): Promise<void> {
  const { sql, ...options } = insightQuery(insightRequest.parse(asked));
  const found = (await site.query(sql, options)).rows.map(insightOf);
  const question = evidenceQuery([...new Set(found.map(({ evidence }) => evidence))]);
  const cited = found.length === 0 ? [] : (await site.query(question.sql, question)).rows.map(evidenceOf);
  const files = Map.groupBy(cited, ({ evidence }) => evidence);
  const iso = (time: number | null): string | null => (time === null ? null : isoMicros(time));
  if (json) {
    const insights = found.map(({ evidence, ts, until, earliest, ...insight }) => ({
      ...insight,
      ...{ ts: iso(ts), until: iso(until), earliest: iso(earliest), evidence },
      files: (files.get(evidence) ?? []).map(({ source, file, sha256, rows }) => ({
        source,
        file,
        sha256,
        rows,
      })),
    }));
    terminal.write(`${JSON.stringify(insights, null, 2)}\n`);
    return;
  }
  const titles = ["from (UTC)", "until", "insight", "device", "what", "rests on"].map((title) => ({ title }));
  const lines = found.map((one) => [
    isoMicros(one.ts).slice(0, 19),
    one.until === null ? "" : isoMicros(one.until).slice(0, 19),
    `${one.insight}@${one.version}`,
    one.sub === null ? one.device : `${one.device} ${one.sub}`,
    one.kind === "forecast" ? `${one.metric}: ${one.detail}` : one.detail,
    `${counted(one.rows, "value")}, ${counted(files.get(one.evidence)?.length ?? 0, "file")}`,
  ]);
  if (lines.length > 0) terminal.print(renderTable(titles, lines, terminal));
  terminal.print(`${counted(found.length, "insight")}; --json names files, models and codecs`);
}

export interface ComputeInsightsOptions {
  readonly json?: boolean;
}

/** Has the site work out what is due now. */
export async function computeInsights(
  { json = false }: ComputeInsightsOptions,
  { terminal, site }: Context,
): Promise<void> {
  const { units, milliseconds, trouble } = await site.computeInsights();
  if (json) terminal.write(`${JSON.stringify({ units, milliseconds, trouble }, null, 2)}\n`);
  else terminal.print(`${counted(units, "unit")} worked out in ${duration(milliseconds)}`);
  if (trouble !== null) throw new CommandError(trouble, exitCodes.failed);
}
