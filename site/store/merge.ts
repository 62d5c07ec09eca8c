/** Small files of one hour as one, without the repeats that came after their message's id was forgotten. */
import { mergedRows } from "../../functions/core/merged-rows.ts";
import type { TableSchema } from "../../functions/core/table.ts";
import type { LakeFile } from "./manifest.ts";
import { fileScan } from "./views.ts";

export function mergeSelect(folder: string, table: TableSchema, files: readonly LakeFile[]): string {
  const columns = table.columns.map(({ name }) => name);
  return mergedRows(columns, table.sortBy, fileScan(folder, files));
}
