import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { CommandError, exitCodes } from "../errors.ts";
import { answerCsv, answerJson, answerTable } from "../render/answer.ts";
import { count, counted, duration } from "../render/units.ts";
import type { CommandContext } from "./context.ts";

export interface QueryOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  /** File for the whole answer as plain Parquet. */
  readonly parquet?: string;
  /** Most rows of a table, JSON or CSV. */
  readonly limit: number;
  /** Seconds until the query is given up. */
  readonly timeout: number;
}

/** SQL over the lake, read-only. `-` takes the statement from standard input. */
export async function query(
  sql: string,
  options: QueryOptions,
  { terminal, site }: CommandContext,
): Promise<void> {
  const forms = (["json", "csv", "parquet"] as const).filter((form) => options[form] !== undefined);
  if (forms.length > 1) {
    throw new CommandError(
      `--${forms.join(" and --")} were given together; allowed: one of them`,
      exitCodes.usage,
    );
  }
  const statement = (sql === "-" ? await text(process.stdin) : sql).trim();
  if (statement === "") {
    throw new CommandError(
      "the statement is empty",
      exitCodes.usage,
      'npx fieldlake query "select * from latest limit 10"',
    );
  }
  if (options.parquet !== undefined) {
    const file = resolve(options.parquet);
    if (existsSync(file)) {
      throw new CommandError(
        `${file} exists already`,
        exitCodes.usage,
        "name a file that does not exist yet",
      );
    }
    if (!existsSync(dirname(file))) {
      throw new CommandError(
        `${file} can't be written: there is no folder ${dirname(file)}`,
        exitCodes.usage,
        `mkdir -p ${dirname(file)}`,
      );
    }
    const { rows } = await site.exportParquet(statement, file);
    terminal.print(`${counted(rows, "row")} in ${file} (plain Parquet: this export is not encrypted)`);
    return;
  }
  const answer = await site.query(statement, {
    maxRows: options.limit,
    timeoutMs: options.timeout * 1000,
  });
  if (options.json === true) terminal.write(answerJson(answer));
  else if (options.csv === true) terminal.write(answerCsv(answer));
  else {
    terminal.print(answerTable(answer, terminal));
    terminal.print(
      terminal.style("faint", `${counted(answer.rows.length, "row")}, ${duration(answer.milliseconds)}`),
    );
  }
  if (answer.truncated) {
    terminal.note(
      terminal.style(
        "warning",
        `only the first ${count(options.limit)} rows: --limit takes more, --parquet FILE takes all`,
      ),
    );
  }
}
