/** The lake of a cloud as the API asks it: files of the days that a question is about, brought here, behind the site's own views. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { AskedLake, DraftOptions, QueryOptions, QuestionScope, ScanLimits } from "../../site/ports.ts";
import { alarmsOfConnection, bringAlarms } from "../../site/store/alarms-kept.ts";
import { enter, type Lake } from "../../site/store/asking/enter.ts";
import { exportDraft } from "../../site/store/asking/export-draft.ts";
import { guardScan, inRange } from "../../site/store/asking/scan-guard.ts";
import { quarantineEntries } from "../../site/store/questions.ts";
import { mayComeOfDamage } from "../../site/store/damage.ts";
import { answer } from "../../site/store/reader.ts";
import { derivedViews } from "../../site/store/views.ts";
import { alarmsTable, type AlarmRow } from "../alarms/alarms-table.ts";
import type { TableSchema } from "../core/table.ts";
import type { LakeReading } from "../lake/day-files.ts";
import { MissingObject } from "../missing-object.ts";
import { AskingEngine, type EngineOptions } from "./engine.ts";
import { LakeFiles, type HeldFiles } from "./lake-files.ts";
import { LakeListing, type Listed, type LakeFileThere } from "./lake-listing.ts";
import { axesOf, frameTableOf, noRows, shapedRows } from "./shaped-rows.ts";
import { seenOf, told, type Looked } from "./looked.ts";
import { namedIn } from "./named-tables.ts";
import { isFrames, TableBook, type KnownTables } from "./tables.ts";

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
  /** Null where there is no book of alarms; then their table is empty. */
  readonly alarms: (() => Promise<readonly AlarmRow[]>) | null;
  /** Told of each damaged file, for whoever looks after the environment. */
  readonly warn: (message: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Files may be merged while they are fetched: one that was listed is then not there any more. Or they turn out to be damaged. */
const attempts = 3;

export class CloudLake implements AskedLake {
  readonly #args: CloudLakeArgs;
  readonly #files: LakeFiles;
  readonly #engine: AskingEngine;
  readonly #book: TableBook;
  #listing: LakeListing;

  constructor(args: CloudLakeArgs) {
    this.#args = args;
    const { objects, engine, cacheBytes, warn, now } = args;
    this.#files = new LakeFiles({ objects, folder: engine.folder, mostBytes: cacheBytes, tell: warn, now });
    this.#engine = new AskingEngine(args.engine);
    this.#book = new TableBook((table, file) => this.#described(table, file));
    this.#listing = this.#look();
  }

  /** Paths of files that were found damaged lately: no answer has their rows. */
  get damaged(): readonly string[] {
    return this.#files.damaged;
  }

  query(sql: string, asked: QueryOptions = {}): ReturnType<AskedLake["query"]> {
    const options = { ...asked, timeoutMs: this.#atMost(asked.timeoutMs) };
    return this.#asked(sql, options, async (connection, looked) => ({
      ...(await answer(connection, sql, options)),
      ...told(looked),
    }));
  }

  exportDraft(sql: string, asked: DraftOptions): ReturnType<AskedLake["exportDraft"]> {
    const { engine, most } = this.#args;
    const { folder } = engine;
    const maxBytes = Math.min(asked.maxBytes, most.exportBytes);
    const options = { ...asked, timeoutMs: this.#atMost(asked.timeoutMs), maxBytes };
    return this.#asked(sql, options, async (connection, looked) => ({
      ...(await exportDraft({ folder }, connection, sql, options)),
      ...told(looked),
    }));
  }

  quarantine(options: Parameters<AskedLake["quarantine"]>[0]): ReturnType<AskedLake["quarantine"]> {
    return this.#asked(null, options, (connection) => quarantineEntries(connection, options));
  }

  /** `sql`: null for a question of our own about quarantine. */
  async #asked<Result>(
    sql: string | null,
    options: QueryOptions,
    work: (connection: DuckDBConnection, looked: Looked) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      const read: LakeFileThere[] = [];
      try {
        return await this.#once(sql, options, work, read);
      } catch (error) {
        await this.#engine.check();
        if (attempt === attempts || !(await this.#isMended(error as Error, read))) throw error;
      }
    }
  }

  /** Whether it may go well the next time. @param read what the question looked at */
  async #isMended(error: Error, read: readonly LakeFileThere[]): Promise<boolean> {
    if (error instanceof MissingObject) {
      this.#listing = this.#look();
      return true;
    }
    if (!mayComeOfDamage(error)) return false;
    const isFound = await this.#files.lookThrough(read, () => this.#engine.connect());
    await this.#engine.check();
    return isFound;
  }

  async #once<Result>(
    sql: string | null,
    options: QueryOptions,
    work: (connection: DuckDBConnection, looked: Looked) => Promise<Result>,
    read: LakeFileThere[],
  ): Promise<Result> {
    const known = await this.#book.known(this.#listing);
    const connection = await this.#engine.connect(known.tables);
    const held: HeldFiles[] = [];
    try {
      const named = sql === null ? new Set(["quarantine"]) : await namedIn(connection, sql, options);
      const { scope = { devices: null }, ...rest } = options;
      const { window, files } = await this.#listed(known, named, scope);
      const seen = seenOf(scope, this.#args.tenant, window);
      const looked: Looked = { window, named, seen, held, read, leftOut: [] };
      await enter(this.#lakeOf(connection, known, files, looked), connection, sql, { ...rest, scope: seen });
      return await work(connection, looked);
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
    files: readonly LakeFileThere[],
    { named, seen, held, read, leftOut }: Looked,
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
        read.push(...needed);
        const here = await this.#files.hold(needed);
        held.push(here);
        leftOut.push(...needed.filter((file) => here.pathOf(file) === undefined).map(({ path }) => path));
        for (const [name, of] of Map.groupBy(needed, ({ table }) => table)) {
          const paths = of.flatMap((file) => here.pathOf(file) ?? []);
          const table = await this.#shaped(connection, tables.get(name) as TableSchema, paths);
          tables.set(name, table);
          rows.set(name, await shapedRows(connection, table, paths));
        }
        if (named?.has(alarmsTable.name) !== false) await this.#bringAlarms(connection, rows);
        await makeViews();
      },
    };
  }

  async #bringAlarms(connection: DuckDBConnection, rows: Map<string, string>): Promise<void> {
    const { alarms, tenant } = this.#args;
    if (alarms === null) return;
    await bringAlarms(connection, tenant, await alarms());
    rows.set(alarmsTable.name, alarmsOfConnection);
  }

  /** Frames may have axes in these files that no other had. */
  async #shaped(
    connection: DuckDBConnection,
    table: TableSchema,
    paths: readonly string[],
  ): Promise<TableSchema> {
    if (!isFrames(table) || paths.length === 0) return table;
    const found = await frameTableOf(connection, table.name, paths, axesOf(table));
    if (found.columns.length > table.columns.length) this.#book.learn(found);
    return found;
  }

  /** Null where the file is damaged. */
  async #described(name: string, file: LakeFileThere): Promise<TableSchema | null> {
    const held = await this.#files.hold([file]);
    const connection = await this.#engine.connect();
    try {
      const path = held.pathOf(file);
      return path === undefined ? null : await frameTableOf(connection, name, [path]);
    } catch (error) {
      if (!mayComeOfDamage(error as Error)) throw error;
      this.#files.condemn(file, error as Error);
      return null;
    } finally {
      connection.closeSync();
      held.release();
    }
  }

  #atMost(milliseconds = Infinity): number {
    return Math.min(milliseconds, this.#args.most.milliseconds);
  }

  #look(): LakeListing {
    const { objects, list, containers, now } = this.#args;
    return new LakeListing({ objects, list }, containers, now);
  }
}
