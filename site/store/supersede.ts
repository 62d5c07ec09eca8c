/** New rows in the place of those that came of the same messages before: one change of the lake, or none. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { seqGap } from "../../functions/core/flags.ts";
import { quoteIdentifier } from "../../functions/core/table.ts";
import type { ChangeFiles } from "./change.ts";
import { changedFrames, ofSample } from "./changed-frames.ts";
import { FormerRows, isQuarantine } from "./former-rows.ts";
import type { LakeCore } from "./lake-core.ts";
import type { LakeFile, ReplayedRows } from "./manifest.ts";
import { strikeOrphans } from "./orphans.ts";
import { arrivalOfKeys, putKeys, rowsOfKeys } from "./replay-keys.ts";
import type { ReplayPortion, Superseded, SupersededRows } from "./replayed.ts";
import { leaveOutUnidentified } from "./unidentified.ts";
import { fileScan } from "./views.ts";

export interface SupersedeOptions {
  readonly run: Pick<ReplayedRows, "run" | "codec" | "version">;
  /** Only says what would change. */
  readonly dryRun: boolean;
}

/** All of the portion or, on an error, nothing. */
export async function supersede(
  core: LakeCore,
  { tables, replayed, messages, sources }: ReplayPortion,
  { run, dryRun }: SupersedeOptions,
): Promise<Superseded> {
  let result: Superseded = { isChanged: false, tables: [], unidentified: 0 };
  await core.change(async (files) => {
    const { main } = files.engine;
    await putKeys(main, replayed);
    await strikeOrphans(main);
    for (const packs of Map.groupBy(tables, ({ table }) => table.name).values())
      await files.ofRows(packs[0]!.table, packs);
    const former = await FormerRows.find(core, main, await arrivalOfKeys(main));
    const { count, fresh } = await leaveOutUnidentified(core, files, former, [...files.soFar]);
    const rows = await compare(core, main, former, fresh);
    const isChanged = rows.some((table) => table.isChanged);
    result = { isChanged, tables: rows.map(({ isChanged: _, ...counts }) => counts), unidentified: count };
    if (!isChanged || dryRun) return null;
    const remove = await withoutTheirs(files, former);
    const sum = (of: "before" | "after") => rows.reduce((all, table) => all + table[of], 0);
    const frames = await changedFrames(
      rows.filter((table) => table.isChanged).map(({ table }) => table),
      (table) => selectsOf(core, former, fresh, table, (shape) => `${ofSample}, ${hashOfSaid(shape)}`),
      main,
    );
    const counts = { messages, before: sum("before"), after: sum("after") };
    const lineage = { ...run, sources, ...counts, ...(frames.length > 0 ? { frames } : {}) };
    return { remove, replays: [lineage] };
  });
  return result;
}

/** Files with the rows of other messages; the paths of those whose place they take. */
async function withoutTheirs(files: ChangeFiles, former: FormerRows): Promise<string[]> {
  for (const { schema, file, rows } of former.files) {
    if (rows === file.rows) continue;
    const { joins, isTheirs } = rowsOfKeys(schema);
    await files.ofSomeRows(schema, file, joins, `NOT ${isTheirs}`);
  }
  return former.files.map(({ file }) => file.path);
}

/** Counts of each table that has rows of the messages, or had some. */
async function compare(
  core: LakeCore,
  main: DuckDBConnection,
  former: FormerRows,
  fresh: readonly LakeFile[],
): Promise<(SupersededRows & { readonly isChanged: boolean })[]> {
  const names = new Set([...former.files.map(({ file }) => file.table), ...fresh.map(({ table }) => table)]);
  const common = async (table: string, hash: (shape: string) => string) => {
    const [formerly, now] = selectsOf(core, former, fresh, table, hash);
    const reader = await main.runAndReadAll(
      `WITH former AS (${counted(formerly)}), fresh AS (${counted(now)})
       SELECT (SELECT coalesce(sum(rows), 0) FROM former), (SELECT coalesce(sum(rows), 0) FROM fresh),
         (SELECT coalesce(sum(least(former.rows, fresh.rows)), 0) FROM former JOIN fresh USING (said))`,
    );
    const [before = 0, after = 0, same = 0] = (reader.getRows()[0] ?? []).map(Number);
    return { before, after, same };
  };
  const compared = [];
  for (const table of [...names].sort()) {
    const whole = await common(table, hashOfAll);
    const { same } = isQuarantine(table) ? whole : await common(table, hashOfSaid);
    const isChanged = whole.same < Math.max(whole.before, whole.after);
    compared.push({ table, before: whole.before, after: whole.after, same, isChanged });
  }
  return compared;
}

/** Of a table, queries of its former rows and of its fresh ones. */
function selectsOf(
  core: LakeCore,
  former: FormerRows,
  fresh: readonly LakeFile[],
  table: string,
  columns: (shape: string) => string,
): [formerly: string[], now: string[]] {
  const own = fresh.filter((file) => file.table === table);
  const now = [...Map.groupBy(own, ({ shape }) => shape)].map(
    ([shape, files]) => `SELECT ${columns(shape)} FROM ${fileScan(core.folder, files)} o`,
  );
  return [former.selects((name) => name === table, columns), now];
}

const counted = (selects: readonly string[]): string =>
  `SELECT said, count(*) AS rows FROM (${[...selects, "SELECT 0::UBIGINT AS said WHERE false"].join(" UNION ALL ")}) GROUP BY said`;

/** What tells of the decoder and not of the value. */
const ofDecoder: ReadonlySet<string> = new Set(
  ["codec", "codec_version", "msg_id", "flags"].map(quoteIdentifier),
);
const flags = quoteIdentifier("flags");

/** A gap in a count is told by the message before, which the first one of a replay does not have. */
const hashOfAll = (shape: string): string => hashOf(shape.split(", "));
const hashOfSaid = (shape: string): string =>
  hashOf(shape.split(", ").filter((column) => !ofDecoder.has(column)));

function hashOf(columns: readonly string[]): string {
  const values = columns.map((column) => (column === flags ? `o.${column} & ~${seqGap}` : `o.${column}`));
  return `hash(${values.join(", ")}) AS said`;
}
