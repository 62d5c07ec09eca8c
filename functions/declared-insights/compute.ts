/** Works a unit out: from files of the lake to files of results. What reads and writes them is a target's own. */
import { quoteIdentifier, quoteText, type TableSchema } from "../core/table.ts";
import type { InsightDeclaration } from "./declaration.ts";
import { dailyFindings, type Finding } from "./findings.ts";
import { forecastOf, lateOf } from "./outlooks.ts";
import { longerSelect, minuteSelect } from "./roll-up-sql.ts";
import { evidenceTable, insightsTable, rollUpTables } from "./tables.ts";
import type { Part, Unit } from "./units.ts";
import { seriesOf, windowColumns, type SeriesWindows } from "./windows.ts";

export interface InsightEngine<File> {
  /** SQL in brackets that reads files of one table, at least one, as one table. */
  scan(parts: readonly Part[]): string;
  /** SQL in brackets that reads a file which was written before. */
  scanWritten(file: File): string;
  /** Rows of a statement, as they come. */
  rows(sql: string): AsyncIterable<readonly unknown[]>;
  /** The rows of a statement as a file of the table; `range` in microseconds, its end is behind the last one. */
  write(table: TableSchema, select: string, range: Pick<Unit, "from" | "to">): Promise<File>;
}

/** Of one unit; a declaration that finds more is too wide to be read by anybody. */
const mostFindings = 100_000;

/** All results of a unit. Rejects where it can't be worked out; then some of its files may have been written. */
export async function computeUnit<File>(
  unit: Unit,
  tenant: string,
  declaration: InsightDeclaration,
  engine: InsightEngine<File>,
): Promise<File[]> {
  const evidence = await engine.write(evidenceTable, evidenceSelect(unit, tenant), within(unit));
  if (unit.kind === "insight") return [await findings(unit, tenant, engine), evidence];
  if (unit.kind === "day") {
    const select = longerSelect(engine.scan(unit.sources), "1d", unit.basis);
    return [await engine.write(rollUpTables["1d"], select, unit), evidence];
  }
  const shapes = [...Map.groupBy(unit.sources, ({ table, shape }) => `${table} ${shape}`).values()];
  const sources = shapes.map((parts) => {
    const [{ table, shape }] = parts as [Part];
    return { table, shape, scan: engine.scan(parts) };
  });
  const select = minuteSelect(sources, declaration.rollUps, unit.basis);
  const minutes = await engine.write(rollUpTables["1m"], select, unit);
  const hour = longerSelect(engine.scanWritten(minutes), "1h", unit.basis);
  return [minutes, await engine.write(rollUpTables["1h"], hour, unit), evidence];
}

/** Evidence is filed under where its unit begins. */
const within = ({ from }: Unit): Pick<Unit, "from" | "to"> => ({ from, to: from + 1 });

async function findings<File>(unit: Unit, tenant: string, engine: InsightEngine<File>): Promise<File> {
  const { insight, from, to, sources, history } = unit;
  if (insight === null) throw new Error(`${unit.unit} names no insight`);
  const wanted = [
    ...(insight.devices === "*" ? [] : [`device_id GLOB ${quoteText(insight.devices)}`]),
    ...(insight.metrics === "*" ? [] : [`metric GLOB ${quoteText(insight.metrics)}`]),
  ];
  const where = wanted.length === 0 ? "" : `WHERE ${wanted.join(" AND ")}`;
  const rows = engine.rows(
    `SELECT ${windowColumns.join(", ")} FROM ${engine.scan([...history, ...sources])} ${where}
     ORDER BY device_id, sub_device, metric, ts`,
  );
  const judge = (series: SeriesWindows): Finding[] =>
    insight.kind === "late"
      ? lateOf(insight.minutes, series, to)
      : insight.kind === "forecast"
        ? forecastOf(insight, series)
        : dailyFindings(insight, series, from);
  const found: Finding[] = [];
  for await (const series of seriesOf(rows)) {
    found.push(...judge(series));
    if (found.length > mostFindings)
      throw new Error(
        `the insight ${insight.name} has over ${mostFindings} results in ${unit.unit}; narrow its devices or metrics, or what counts`,
      );
  }
  const times = found.map(({ ts }) => ts);
  const range = {
    from: times.reduce((a, b) => Math.min(a, b), from),
    to: times.reduce((a, b) => Math.max(a, b + 1), from + 1),
  };
  return engine.write(insightsTable, findingsSelect(unit, tenant, found), range);
}

function findingsSelect({ insight, basis }: Unit, tenant: string, found: readonly Finding[]): string {
  const rows = found.map((finding) => [
    ...[
      tenant,
      finding.device,
      finding.sub,
      finding.metric,
      finding.ts,
      finding.until,
      finding.earliest ?? null,
    ],
    ...[insight?.name, insight?.version, finding.kind, finding.detail, finding.value ?? null],
    ...[finding.expected ?? null, finding.lower ?? null, finding.upper ?? null, finding.score ?? null],
    ...[finding.model ?? null, finding.rows, finding.codec, basis],
  ]);
  return rowsSelect(insightsTable, rows);
}

/** The chain goes on by the evidence of a file of roll-ups, which its rows name. */
function evidenceSelect({ from, basis, unit, sources, history }: Unit, tenant: string): string {
  const rows = [...sources, ...history].map(({ table, path, sha256, rows: count }) => {
    return [tenant, "", from, basis, unit, table, path, sha256, count];
  });
  return rowsSelect(evidenceTable, rows);
}

const jsonTypes = {
  text: "VARCHAR",
  timestamp: "BIGINT",
  double: "DOUBLE",
  int64: "BIGINT",
  int32: "INTEGER",
};

/** Values as a statement, in the order of the table's columns. */
function rowsSelect({ columns, sortBy }: TableSchema, rows: readonly (readonly unknown[])[]): string {
  const name = (at: number): string => `c${at}`;
  const data = rows.map((row) => Object.fromEntries(row.map((value, at) => [name(at), value])));
  const structure = Object.fromEntries(
    columns.map(({ type }, at) => [name(at), jsonTypes[type as keyof typeof jsonTypes]]),
  );
  const selected = columns.map((column, at) => {
    const value = column.type === "timestamp" ? `make_timestamptz(${name(at)})` : name(at);
    return `${value} AS ${quoteIdentifier(column.name)}`;
  });
  const list = `from_json(${quoteText(JSON.stringify(data))}, ${quoteText(JSON.stringify([structure]))})`;
  return `SELECT ${selected.join(", ")} FROM (SELECT unnest(${list}, recursive := true))
    ORDER BY ${sortBy.map(quoteIdentifier).join(", ")}`;
}
