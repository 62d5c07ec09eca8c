/** The lake of a cloud as the API asks it: files of the days that a question is about, brought here, behind the site's own views. */
import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { AskedLake, DraftOptions, QueryOptions, QuestionScope, ScanLimits } from "../../site/ports.ts";
import { enter, type Lake } from "../../site/store/asking/enter.ts";
import { exportDraft } from "../../site/store/asking/export-draft.ts";
import { guardScan, inRange } from "../../site/store/asking/scan-guard.ts";
import { parse, tablesOf } from "../../site/store/asking/statement.ts";
import { quarantineEntries } from "../../site/store/questions.ts";
import { answer } from "../../site/store/reader.ts";
import { derivedViews } from "../../site/store/views.ts";
import type { TableSchema } from "../core/table.ts";
import { reservedFrameColumns } from "../core/table.ts";
import type { LakeReading } from "../lake/day-files.ts";
import { MissingObject } from "../missing-object.ts";
import { AskingEngine, type EngineOptions } from "./engine.ts";
import { FileCache, type Held } from "./file-cache.ts";
import { LakeListing, type Listed, type LakeFileThere } from "./lake-listing.ts";
import { frameTableOf, noRows, shapedRows } from "./shaped-rows.ts";
import { isFrames, TableBook, type KnownTables } from "./tables.ts";
import type { Window } from "./window.ts";

export interface CloudLakeArgs extends LakeReading {
  /** Buckets, or containers by their address; each holds tables as folders of days. */
  readonly containers: readonly string[];
  /** The environment: rows of another one are never seen, wherever they lie. */
  readonly tenant: string;
  /** Of this instance alone; it is emptied first. */
  readonly engine: EngineOptions;
  /** What one question may read. */
  readonly scan: ScanLimits;
  /** At the most: milliseconds of a question, bytes of an export. What is asked for may be less. */
  readonly most: { readonly milliseconds: number; readonly exportBytes: number };
  /** What is kept on disk of files, for the next question. At least `scan.bytes`. */
  readonly cacheBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Files may be merged while they are fetched: one that was listed is then not there any more. */
const attempts = 3;

export class CloudLake implements AskedLake {
  readonly #args: CloudLakeArgs;
  readonly #cache: FileCache;
  readonly #engine: AskingEngine;
  readonly #book: TableBook;
  #listing: LakeListing;

  constructor(args: CloudLakeArgs) {
    this.#args = args;
    this.#cache = new FileCache(args.engine.folder, args.cacheBytes);
    this.#engine = new AskingEngine(args.engine);
    this.#book = new TableBook((table, file) => this.#described(table, file));
    this.#listing = this.#look();
  }

  query(sql: string, asked: QueryOptions = {}): ReturnType<AskedLake["query"]> {
    const options = { ...asked, timeoutMs: this.#atMost(asked.timeoutMs) };
    return this.#asked(sql, options, async (connection, range) => ({
      ...(await answer(connection, sql, options)),
      range,
    }));
  }

  exportDraft(sql: string, asked: DraftOptions): ReturnType<AskedLake["exportDraft"]> {
    const { engine, most } = this.#args;
    const { folder } = engine;
    const maxBytes = Math.min(asked.maxBytes, most.exportBytes);
    const options = { ...asked, timeoutMs: this.#atMost(asked.timeoutMs), maxBytes };
    return this.#asked(sql, options, async (connection, range) => ({
      ...(await exportDraft({ folder }, connection, sql, options)),
      range,
    }));
  }

  quarantine(options: Parameters<AskedLake["quarantine"]>[0]): ReturnType<AskedLake["quarantine"]> {
    return this.#asked(null, options, (connection) => quarantineEntries(connection, options));
  }

  /** `sql`: null for a question of our own about quarantine. */
  async #asked<Result>(
    sql: string | null,
    options: QueryOptions,
    work: (connection: DuckDBConnection, range: Window) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(sql, options, work);
      } catch (error) {
        await this.#engine.check();
        if (!(error instanceof MissingObject) || attempt === attempts) throw error;
        this.#listing = this.#look();
      }
    }
  }

  async #once<Result>(
    sql: string | null,
    options: QueryOptions,
    work: (connection: DuckDBConnection, range: Window) => Promise<Result>,
  ): Promise<Result> {
    const known = await this.#book.known(this.#listing);
    const connection = await this.#engine.connect(known.tables);
    const held: Held[] = [];
    try {
      const named = sql === null ? new Set(["quarantine"]) : await namedIn(connection, sql, options);
      const { scope = { devices: null }, ...rest } = options;
      const listed = await this.#listed(known, named, scope);
      const { from, to } = listed.window;
      const seen = { ...scope, tenant: this.#args.tenant, from, ...(to === null ? {} : { to }) };
      const lake = this.#lakeOf(connection, known, listed, seen, held);
      await enter(lake, connection, sql, { ...rest, scope: seen });
      return await work(connection, listed.window);
    } finally {
      connection.closeSync();
      for (const one of held) one.release();
    }
  }

  #listed({ places }: KnownTables, named: ReadonlySet<string> | null, scope: QuestionScope): Promise<Listed> {
    const ofDevices = derivedViews.some((view) => named?.has(view));
    const asked = places.filter(
      ({ table }) =>
        named === null ||
        named.has(table) ||
        (ofDevices && (table === "readings" || isFrames({ name: table }))),
    );
    return this.#listing.of(asked, scope, this.#args.scan.bytes / 2);
  }

  /** What a question sees: files of its tables and time, once they are here. */
  #lakeOf(
    connection: DuckDBConnection,
    known: KnownTables,
    { files }: Listed,
    seen: QuestionScope,
    held: Held[],
  ): Lake {
    const tables = new Map(known.tables.map((table) => [table.name, table]));
    const rows = new Map<string, string>();
    return {
      catalogue: {
        get tables() {
          return [...tables.values()];
        },
        get frameTables() {
          return [...tables.values()].filter(isFrames);
        },
        rowsOf: (table) => rows.get(table.name) ?? noRows(table),
      },
      manifest: { files },
      steady: async (makeViews) => {
        const needed = inRange(files, seen);
        guardScan(needed, null, seen, this.#args.scan);
        const here = await this.#hold(needed);
        held.push(here);
        for (const [name, of] of Map.groupBy(needed, ({ table }) => table)) {
          const paths = of.map((file) => here.pathOf(nameOf(file)));
          const table = await this.#shaped(connection, tables.get(name) as TableSchema, paths);
          tables.set(name, table);
          rows.set(name, await shapedRows(connection, table, paths));
        }
        await makeViews();
      },
    };
  }

  /** Frames may have axes in these files that no other had. */
  async #shaped(
    connection: DuckDBConnection,
    table: TableSchema,
    paths: readonly string[],
  ): Promise<TableSchema> {
    if (!isFrames(table)) return table;
    const found = await frameTableOf(connection, table.name, paths, axesOf(table));
    if (found.columns.length > table.columns.length) this.#book.learn(found);
    return found;
  }

  async #described(name: string, file: LakeFileThere): Promise<TableSchema> {
    const held = await this.#hold([file]);
    const connection = await this.#engine.connect();
    try {
      return await frameTableOf(connection, name, [held.pathOf(nameOf(file))]);
    } finally {
      connection.closeSync();
      held.release();
    }
  }

  #hold(files: readonly LakeFileThere[]): Promise<Held> {
    const { objects } = this.#args;
    return this.#cache.hold(
      files.map((file) => ({
        name: nameOf(file),
        bytes: file.bytes,
        read: () => objects.read(file.container, file.path),
      })),
    );
  }

  #atMost(milliseconds = Infinity): number {
    return Math.min(milliseconds, this.#args.most.milliseconds);
  }

  #look(): LakeListing {
    const { objects, list, containers, now } = this.#args;
    return new LakeListing({ objects, list }, containers, now);
  }
}

const axesOf = ({ columns }: TableSchema): string[] =>
  columns.map(({ name }) => name).filter((name) => !reservedFrameColumns.includes(name));

/** Objects of the lake are made once under their name; one that was replaced all the same has another time or size. */
const nameOf = ({ container, path, bytes, modifiedMs }: LakeFileThere): string =>
  createHash("sha256")
    .update(JSON.stringify([container, path, bytes, modifiedMs]))
    .digest("hex");

/** Tables that a statement may read; null where that isn't known, none where it will be refused. */
async function namedIn(
  connection: DuckDBConnection,
  sql: string,
  { judged = false }: QueryOptions,
): Promise<ReadonlySet<string> | null> {
  const tree = await parse(connection, sql).catch(() => null);
  if (tree !== null) return tablesOf(tree);
  return judged ? new Set() : null;
}
