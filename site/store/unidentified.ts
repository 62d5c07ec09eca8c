/**
 * Messages of one file have its arrival in common, so that their id alone says which rows are theirs. Where the lake has rows
 * of the file and none of a message's new id, its former rows may have another id, and taking the new ones would double it.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { ChangeFiles } from "./change.ts";
import { isQuarantine, type FormerRows } from "./former-rows.ts";
import type { LakeCore } from "./lake-core.ts";
import type { LakeFile } from "./manifest.ts";
import { fileScan } from "./views.ts";

/** How many messages of `fresh` files were left out, and the files without them. */
export async function leaveOutUnidentified(
  core: LakeCore,
  files: ChangeFiles,
  former: FormerRows,
  fresh: readonly LakeFile[],
): Promise<{ readonly count: number; readonly fresh: readonly LakeFile[] }> {
  const { main } = files.engine;
  if ((await number(main, "SELECT count(*) FROM replay_named WHERE lane = 'offline'")) === 0)
    return { count: 0, fresh };
  const ids = former.selects(
    (table) => !isQuarantine(table),
    () => "o.device_id, o.msg_id",
  );
  const refused = former.selects(isQuarantine, () => "o.device_id, o.channel, sha256(o.payload) AS payload");
  await main.run(`CREATE OR REPLACE TEMP TABLE replay_unidentified AS
    SELECT DISTINCT n.device_id, n.msg_id FROM replay_named n
    SEMI JOIN (${uploadsIn(core)}) u ON u.device_id = n.device_id AND u.arrival = n.arrival
    ${ids.length === 0 ? "" : `ANTI JOIN (${ids.join(" UNION ALL ")}) i ON i.device_id = n.device_id AND i.msg_id = n.msg_id`}
    ${refused.length === 0 ? "" : `ANTI JOIN (${refused.join(" UNION ALL ")}) r ON r.device_id = n.device_id AND r.channel = n.channel AND r.payload = n.payload`}
    WHERE n.lane = 'offline'`);
  const count = await number(main, "SELECT count(*) FROM replay_unidentified");
  if (count === 0) return { count, fresh };
  const joins = `LEFT JOIN replay_unidentified u ON u.device_id = o.device_id AND u.msg_id = o.msg_id AND o.lane = 'offline'`;
  const left: LakeFile[] = [];
  for (const file of fresh) {
    const theirs = await number(
      main,
      `SELECT count(*) FROM ${fileScan(core.folder, [file])} o ${joins} WHERE u.device_id IS NOT NULL`,
    );
    if (theirs === 0) {
      left.push(file);
      continue;
    }
    const schema = core.schemaOf(file.table);
    if (schema !== undefined && theirs < file.rows) {
      await files.ofSomeRows(schema, file, joins, "u.device_id IS NULL");
      left.push(...files.soFar.slice(-1));
    }
    await files.drop(file);
  }
  return { count, fresh: left };
}

/** Device and arrival of files, among the portion's, that the lake has rows of. */
function uploadsIn({ folder, manifest }: LakeCore): string {
  const curated = manifest.files.filter(
    ({ table, derived }) => derived === undefined && !isQuarantine(table),
  );
  const parts = [...Map.groupBy(curated, ({ shape }) => shape).values()].map(
    (files) => `SELECT DISTINCT o.device_id, o.ingest_ts AS arrival FROM ${fileScan(folder, files)} o
      SEMI JOIN replay_named a ON a.device_id = o.device_id AND a.arrival = o.ingest_ts
      WHERE o.lane = 'offline' AND o.ingest_ts BETWEEN (SELECT min(arrival) FROM replay_named)
        AND (SELECT max(arrival) FROM replay_named)`,
  );
  return [...parts, "SELECT device_id, arrival FROM replay_named WHERE false"].join(" UNION ALL ");
}

async function number(main: DuckDBConnection, sql: string): Promise<number> {
  return Number((await main.runAndReadAll(sql)).getRows()[0]?.[0]);
}
