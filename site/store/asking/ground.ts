/** What a question is about, as the lake was at one moment, for somebody who does not have the lake itself. */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { quoteIdentifier, quoteText, type TableSchema } from "../../../functions/core/table.ts";
import { deviceCondition } from "../../access/device-filter.ts";
import type { QuestionScope } from "../../ports.ts";
import { encryption } from "../engine.ts";
import type { LakeCore } from "../lake-core.ts";
import type { LakeFile } from "../manifest.ts";
import { derivedViews } from "../views.ts";
import type { Lake } from "./enter.ts";

export interface Ground {
  readonly tables: readonly TableSchema[];
  readonly frameTables: readonly TableSchema[];
  /** Those of the lake, and those of rows that were in none of them. */
  readonly files: readonly LakeFile[];
}

/** Takes the ground away afterwards. Statements of whose names the text has nothing need no rows of a table. */
export async function onGround<Result>(
  lake: Pick<LakeCore, "catalogue" | "manifest" | "engine" | "folder"> & Pick<Lake, "steady">,
  sql: string,
  { devices }: Pick<QuestionScope, "devices">,
  work: (ground: Ground) => Promise<Result>,
): Promise<Result> {
  const staged: LakeFile[] = [];
  try {
    let ground: Ground | undefined;
    await lake.steady(async () => {
      const { catalogue, manifest } = lake;
      for (const table of catalogue.tables) {
        if (!mayName(sql, table)) continue;
        const file = await written(lake, table, catalogue.rowsOf(table, []), devices);
        if (file !== null) staged.push(file);
      }
      const { tables, frameTables } = catalogue;
      ground = { tables, frameTables, files: [...manifest.files, ...staged] };
    });
    return await work(ground as Ground);
  } finally {
    for (const { path } of staged) await rm(join(lake.folder, path), { force: true });
  }
}

function mayName(sql: string, { name, partitionBy }: TableSchema): boolean {
  const text = sql.toLowerCase();
  // Views that are made of others: of all rows that have arrived.
  const isDerived = partitionBy === "ts" && derivedViews.some((view) => text.includes(view));
  return isDerived || text.includes(name.toLowerCase());
}

let made = 0;

/** Null where there are none. */
async function written(
  { engine: { main }, folder }: Pick<LakeCore, "engine" | "folder">,
  table: TableSchema,
  select: string,
  devices: QuestionScope["devices"],
): Promise<LakeFile | null> {
  const seen = `SELECT * FROM (${select}) WHERE ${devices === null ? "true" : deviceCondition(devices)}`;
  const time = quoteIdentifier(table.partitionBy);
  const extent = await main.runAndReadAll(
    `SELECT count(*), epoch_us(min(${time})), epoch_us(max(${time})) FROM (${seen})`,
  );
  const [rows = 0, minTs = 0, maxTs = 0] = (extent.getRows()[0] ?? []).map(Number);
  if (rows === 0) return null;
  const path = `drafts/ground-${made++}-${table.name}.parquet`;
  const file = join(folder, path);
  await main.run(
    `COPY (${seen}) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION snappy, ENCRYPTION_CONFIG {${encryption}})`,
  );
  const { size: bytes } = await stat(file);
  return { path, table: table.name, rows, bytes, minTs, maxTs, sha256: "", shape: "staged" };
}
