/** The lake's views as one connection sees them: some devices, some time. Their names come before everybody's views. */
import { quoteIdentifier, quoteText, type TableSchema } from "../../../functions/core/table.ts";
import { deviceCondition } from "../../access/device-filter.ts";
import type { QuestionScope } from "../../ports.ts";
import { latestView, rateView } from "../views.ts";

export interface ScopedTables {
  readonly tables: readonly TableSchema[];
  readonly frameTables: readonly TableSchema[];
  /** The rows that the range may be in. */
  rowsOf(table: TableSchema): string;
}

/**
 * Statements that make the views. With `fenced` no condition of a question is tried on a row that the scope leaves out,
 * so that no error message can tell of it: DuckDB moves no filter below an OFFSET.
 */
export function scopedViews(lake: ScopedTables, scope: QuestionScope, fenced: boolean): string[] {
  const isPart = scope.devices !== null || scope.tenant !== undefined;
  const fence = fenced && isPart ? " OFFSET 0" : "";
  const views = lake.tables.map((table) => {
    const condition = conditions(table, scope).join(" AND ");
    return `CREATE OR REPLACE TEMP VIEW ${quoteIdentifier(table.name)} AS
      SELECT * FROM (${lake.rowsOf(table)}) WHERE ${condition}${fence}`;
  });
  return [...views, latestView(lake.frameTables, "TEMP VIEW"), rateView(lake.frameTables, "TEMP VIEW")];
}

function conditions({ name, partitionBy }: TableSchema, scope: QuestionScope): string[] {
  const { devices, tenant, timeless } = scope;
  const { from, to }: Pick<QuestionScope, "from" | "to"> = timeless?.includes(name) ? {} : scope;
  const time = (micros: number): string => `make_timestamptz(${BigInt(Math.round(micros))}::BIGINT)`;
  const column = quoteIdentifier(partitionBy);
  return [
    ...(tenant === undefined ? [] : [`tenant = ${quoteText(tenant)}`]),
    ...(devices === null ? ["true"] : [deviceCondition(devices)]),
    ...(from === undefined ? [] : [`${column} >= ${time(from)}`]),
    ...(to === undefined ? [] : [`${column} < ${time(to)}`]),
  ];
}
