/**
 * New rows in the place of those that messages had: of each table and day that changes one record, so that a reader has the
 * day's rows before or after.
 */
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { compareTable, putKeys, withoutTheirs } from "../adapters/duckdb-supersede.ts";
import { parquetSink } from "../adapters/lake.ts";
import { isoMicros } from "../core/instant.ts";
import type { Micros } from "../core/model.ts";
import { quarantineTable } from "../core/table.ts";
import { MissingObject } from "../missing-object.ts";
import { changedName } from "./changed-name.ts";
import { changeDay } from "./day-change.ts";
import { dayFiles, tablesOf, type DayFiles } from "./day-files.ts";
import { dayFolder } from "./day-record.ts";
import type { FetchedFiles, FileHere } from "./fetched-files.ts";
import type { LakeReplayOptions, LakeReplayPorts, ReplayedSlice, ReplayPlaces } from "./replay-options.ts";
import type { DecodedSlice } from "./replay-slice.ts";

/** A store's clock and a stream's are not the same. */
const clocksApartMs = 3_600_000;
const attempts = 5;

/** The day has changed since it was looked at. */
class Disturbed extends Error {}

export class Superseding {
  readonly #places: ReplayPlaces;
  readonly #options: LakeReplayOptions;
  readonly #ports: LakeReplayPorts;
  readonly #connection: DuckDBConnection;
  readonly #folder: string;
  readonly #fetched: FetchedFiles;

  constructor(
    places: ReplayPlaces,
    options: LakeReplayOptions,
    ports: LakeReplayPorts,
    connection: DuckDBConnection,
    folder: string,
    fetched: FetchedFiles,
  ) {
    this.#places = places;
    this.#options = options;
    this.#ports = ports;
    this.#connection = connection;
    this.#folder = folder;
    this.#fetched = fetched;
  }

  /** Begins anew where somebody else changes the same days. */
  async supersede(
    slice: DecodedSlice,
    hour: Micros,
    sources: readonly string[],
  ): Promise<Pick<ReplayedSlice, "tables" | "changes">> {
    if (slice.messages === 0) return { tables: [], changes: 0 };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#supersede(slice, hour, sources);
      } catch (error) {
        const isAgain = error instanceof Disturbed || error instanceof MissingObject;
        if (!isAgain || attempt === attempts) throw error;
      }
    }
  }

  async #supersede(
    slice: DecodedSlice,
    hour: Micros,
    sources: readonly string[],
  ): Promise<Pick<ReplayedSlice, "tables" | "changes">> {
    const { curated, quarantine } = this.#places;
    await putKeys(this.#connection, slice.keys);
    const fresh = await this.#write(slice);
    const names = new Map(fresh.map(({ container, table }) => [table, container]));
    for (const container of [curated, quarantine])
      for (const table of await tablesOf(container, this.#ports.list))
        if (isOfDecoder(table)) names.set(table, container);
    const tables: ReplayedSlice["tables"][number][] = [];
    let changes = 0;
    for (const [table, container] of [...names].sort()) {
      const days = await this.#daysOf(container, table, hour);
      const here = await this.#fetched.of(container, table, days);
      const own = fresh.filter((file) => file.table === table);
      if (here.length + own.length === 0) continue;
      const compared = await compareTable(this.#connection, table, here, own);
      const { before, after, same, isChanged, former } = compared;
      if (before + after > 0) tables.push({ table, before, after, same });
      if (!isChanged) continue;
      const note = {
        hour: isoMicros(hour),
        objects: sources.length,
        messages: slice.messages,
        fromQuarantine: slice.fromQuarantine,
        before,
        after,
      };
      changes += await this.#change(
        { container, table, days, fresh: own, note: { ...note, raw: hashOf(sources) } },
        here,
        former,
      );
    }
    for (const { path } of fresh) await rm(path, { force: true });
    return { tables, changes };
  }

  /** New rows as files of their days, here. */
  async #write({ blocks }: DecodedSlice): Promise<FileHere[]> {
    const files: FileHere[] = [];
    const { curated, quarantine } = this.#places;
    for (const block of blocks) {
      const table = block.table.name;
      const container = table === quarantineTable.name ? quarantine : curated;
      const sink = parquetSink(
        {
          create: async (_container, key, bytes) => {
            const [, day = "", folder = ""] = /\/dt=([^/]+)\/(hr=\d\d\/)/.exec(key) ?? [];
            const path = join(this.#folder, `fresh-${files.length}.parquet`);
            files.push({ container, table, day, name: folder, path });
            await writeFile(path, bytes);
            return true;
          },
          read: () => Promise.reject(new Error("what is new is not read")),
        },
        container,
        "hex",
        this.#options.files.codec,
      );
      await sink.write(block);
    }
    return files;
  }

  /** Days with files that can have rows of messages of the hour: none is older than its rows. */
  async #daysOf(container: string, table: string, hour: Micros): Promise<readonly DayFiles[]> {
    const { list } = this.#ports;
    const since = hour / 1_000 - clocksApartMs;
    const days = (await list.all(container, `${table}/`)).flatMap(({ key, modifiedMs }) =>
      modifiedMs < since ? [] : (/\/dt=(\d{4}-\d\d-\d\d)\/hr=/.exec(key)?.[1] ?? []),
    );
    return dayFiles(container, table, [...new Set(days)].sort(), this.#ports);
  }

  async #change(
    { container, table, days, fresh, note }: TableChange,
    here: readonly FileHere[],
    former: ReadonlyMap<string, number>,
  ): Promise<number> {
    const { dryRun, run, codec, files } = this.#options;
    const touched = new Set([
      ...fresh.map(({ day }) => day),
      ...here.filter(({ path }) => former.has(path)).map(({ day }) => day),
    ]);
    if (dryRun) return touched.size;
    const { objects, removal } = this.#ports;
    for (const day of [...touched].sort()) {
      const known = days.find((one) => one.day === day) ?? (await this.#lookAt(container, table, day));
      const folder = dayFolder(table, day);
      const old = here.filter((file) => file.day === day && former.has(file.path));
      const add: string[] = [];
      const put = async ({ name }: FileHere, bytes: Uint8Array): Promise<void> => {
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        const path = `${name.slice(0, hourLength)}${changedName(sha256, `${run.toString(36)}-${known.number + 1}`)}`;
        await objects.create(container, `${folder}${path}`, bytes);
        add.push(path);
      };
      for (const file of fresh.filter((one) => one.day === day)) await put(file, await readFile(file.path));
      for (const file of old) {
        const rest = await withoutTheirs(this.#connection, table, file, this.#folder, files);
        if (rest !== null) await put(file, rest);
      }
      const remove = old.map(({ name }) => name);
      const by = `replay ${run} ${note["hour"]} ${this.#ports.now()}`;
      const change = { add, remove, by, note: { kind: "replayed", run, codec, ...note } };
      if (!(await changeDay(container, table, known, change, this.#ports))) {
        for (const name of add) await removal.remove(container, `${folder}${name}`);
        throw new Disturbed();
      }
      for (const name of remove) await removal.remove(container, `${folder}${name}`);
    }
    return touched.size;
  }

  async #lookAt(container: string, table: string, day: string): Promise<DayFiles> {
    const [found] = await dayFiles(container, table, [day], this.#ports);
    return found as DayFiles;
  }
}

interface TableChange {
  readonly container: string;
  readonly table: string;
  readonly days: readonly DayFiles[];
  readonly fresh: readonly FileHere[];
  readonly note: Readonly<Record<string, unknown>>;
}

const hourLength = "hr=00/".length;
/** Tables whose rows a decoder makes. */
export const isOfDecoder = (table: string): boolean => /^(readings|quarantine|frames_.*)$/.test(table);
const hashOf = (names: readonly string[]): string =>
  createHash("sha256").update(names.join("\n")).digest("hex");
