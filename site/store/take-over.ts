/** Files that a copy of another lake has put into their places become part of this one: all of a table's day, or none. */
import { z } from "zod";
import type { ColumnType } from "../../functions/core/table.ts";
import { findDamaged } from "./damage.ts";
import type { LakeCore } from "./lake-core.ts";

const table = z.string().regex(/^[a-z][a-z0-9_]*$/);
const path = z
  .string()
  .regex(
    /^(curated\/[a-z][a-z0-9_]*|quarantine)\/dt=\d{4}-\d\d-\d\d\/hr=\d\d\/[0-9a-f]{32}\.parquet$/,
    "allowed: files of the lake",
  );
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const whole = z.number().int().min(0);
const columnTypes: readonly ColumnType[] = [
  ...(["text", "timestamp", "double", "int64", "int32", "int16", "int8", "bool", "bytes"] as const),
];

export const takeOverRequest = z.strictObject({
  files: z.array(
    z.strictObject({
      ...{ path, table, sha256, rows: whole, bytes: whole, minTs: z.number(), maxTs: z.number() },
      shape: z.string().min(1),
    }),
  ),
  /** Files whose place they take. */
  remove: z.array(path),
  /** Of the files; null where there are none. */
  schema: z
    .strictObject({
      ...{ name: table, doc: z.string(), sortBy: z.array(z.string()), partitionBy: z.string() },
      columns: z.array(
        z.strictObject({
          ...{ name: z.string().min(1), type: z.enum(columnTypes), nullable: z.boolean(), doc: z.string() },
        }),
      ),
    })
    .nullable(),
  /** For the record. */
  copied: z.strictObject({
    ...{ source: z.string().min(1), table, day: z.iso.date() },
    files: z.array(
      z.strictObject({
        ...{ from: z.string().min(1), sha256: z.string(), rows: whole, to: z.array(z.string()) },
        ...{ known: whole, otherwise: whole },
      }),
    ),
  }),
});
export type TakeOverRequest = z.output<typeof takeOverRequest>;

/** Rejects where a file is not in its place, or one that is to go has gone already: then nothing is changed. */
export async function takeOver(
  core: LakeCore,
  { files, remove, schema, copied }: TakeOverRequest,
): Promise<void> {
  const missing = await findDamaged(core.folder, files, "size");
  if (missing.length > 0)
    throw new Error(`${missing.map((file) => file.path).join(", ")}: not in its place; copy again`);
  const known = new Set(core.manifest.files.map((file) => file.path));
  const gone = remove.filter((one) => !known.has(one));
  if (gone.length > 0) throw new Error(`${gone.join(", ")}: merged or replaced meanwhile; copy again`);
  if (schema !== null && !core.hasRoomFor(schema)) await core.addTables([schema]);
  await core.change(async ({ made }) => {
    made(files);
    return { remove, copies: [copied] };
  });
}
