/**
 * A process that answers statements which somebody wrote, one at a time, and knows nothing else of the site. DuckDB's own limit
 * holds for what it sorts and joins, and not for a single long text or list, nor can the function that makes one be
 * interrupted. Where that takes too much, it is this process that ends.
 */
import { setPriority } from "node:os";
import { Worker } from "node:worker_threads";
import type { DraftOptions, QueryOptions, QueryResult } from "../../ports.ts";
import { SealingKey } from "../../seal.ts";
import { startEngine, type Engine } from "../engine.ts";
import { answer } from "../reader.ts";
import { latestView, rateView, tableSelect, tableView } from "../views.ts";
import { enter, type Lake } from "./enter.ts";
import { exportDraft } from "./export-draft.ts";
import type { Ground } from "./ground.ts";
import type { MemoryWatchData } from "./memory-watch.ts";

export interface AskerStart {
  /** The lake's. */
  readonly folder: string;
  /** That rows are read with. */
  readonly key: Uint8Array;
  readonly extensionFile: string | undefined;
  /** Bytes of memory of the whole process at which it ends. */
  readonly mostBytes: number;
}

export interface AskerRequest {
  readonly sql: string;
  readonly ground: Ground;
  readonly options: QueryOptions | DraftOptions;
  /** Where the whole answer is to be written; null where its first rows are wanted. */
  readonly file: string | null;
}

export type AskerAnswer =
  | { readonly result: QueryResult | { readonly file: string; readonly rows: number } }
  | { readonly error: { readonly name: string; readonly message: string; readonly code?: string } };

/** Beyond which DuckDB writes to disk. */
const memory = "80MB";
/** Behind everything that takes messages in. */
const priority = 10;

/** Not 0 while a question is answered. */
const busy = new Int32Array(new SharedArrayBuffer(4));
let opened: Promise<{ readonly engine: Engine; readonly folder: string }> | null = null;

process.on("message", (message: AskerStart | AskerRequest) => {
  if ("key" in message) opened = open(message);
  else void reply(message);
});
// The site has ended, however it did.
process.on("disconnect", () => process.exit(0));

async function open({ folder, key, extensionFile, mostBytes }: AskerStart) {
  setPriority(priority);
  const workerData: MemoryWatchData = { busy, mostBytes };
  new Worker(new URL("./memory-watch.ts", import.meta.url), { workerData }).unref();
  const engine = await startEngine({
    ...{ folder, key: new SealingKey(Buffer.from(key)), extensionFile },
    ...{ name: `asker-${process.pid}`, threads: 1, memory },
  });
  return { engine, folder };
}

async function reply(request: AskerRequest): Promise<void> {
  Atomics.store(busy, 0, 1);
  Atomics.notify(busy, 0);
  const said: AskerAnswer = await answered(request).then(
    (result) => ({ result }),
    ({ name, message, code }: NodeJS.ErrnoException) => ({
      error: { name, message, ...(code === undefined ? {} : { code }) },
    }),
  );
  Atomics.store(busy, 0, 0);
  process.send?.(said);
}

async function answered({ sql, ground, options, file }: AskerRequest) {
  if (opened === null) throw new Error("asker: it was not told of which lake");
  const { engine, folder } = await opened;
  const connection = await engine.connect();
  try {
    await showGround(engine, folder, ground);
    await enter(lakeOf(folder, ground), connection, sql, options);
    if (file === null) return await answer(connection, sql, options);
    return await exportDraft({ folder, file }, connection, sql, options as DraftOptions);
  } finally {
    connection.closeSync();
  }
}

async function showGround({ main }: Engine, folder: string, ground: Ground): Promise<void> {
  const byTable = Map.groupBy(ground.files, ({ table }) => table);
  for (const table of ground.tables) {
    const rows = tableSelect(table, folder, byTable.get(table.name) ?? [], undefined);
    await main.run(tableView(table, rows));
  }
  await main.run(latestView(ground.frameTables));
  await main.run(rateView(ground.frameTables));
}

/** As the site's own, of which nothing comes or goes. */
const lakeOf = (folder: string, { tables, frameTables, files }: Ground): Lake => ({
  catalogue: {
    ...{ tables, frameTables },
    rowsOf: (table, of) => tableSelect(table, folder, of, undefined),
  },
  manifest: { files },
  steady: (work) => work(),
});
