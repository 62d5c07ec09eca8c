/**
 * New rows in the place of those that messages had: of each table and day that changes one record, so that a reader has the
 * day's rows before or after.
 */
import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import { compareTable, formerFiles, putKeys, withoutTheirs } from "../adapters/duckdb-supersede.ts";
import { isoMicros } from "../core/instant.ts";
import type { Lane, Micros } from "../core/model.ts";
import { dayFiles, daysWith, tablesOf, type DayFiles } from "./day-files.ts";
import type { FetchedFiles, FileHere } from "./fetched-files.ts";
import type { LakeReplayOptions, LakeReplayPorts, ReplayedSlice, ReplayPlaces } from "./replay-options.ts";
import type { ReplayedKeys } from "./replay-slice.ts";
import { replaceFiles, undisturbed } from "./replaced-files.ts";

/** A store's clock and a stream's are not the same. */
const clocksApartMs = 3_600_000;

/** Rows that messages have by the codec, and what finds those that they had. */
export interface NewRows {
  readonly lane: Lane;
  readonly keys: ReplayedKeys;
  readonly rows: readonly FileHere[];
  readonly messages: number;
  readonly fromQuarantine: number;
}

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
    slice: NewRows,
    hour: Micros,
    sources: readonly string[],
  ): Promise<Pick<ReplayedSlice, "tables" | "changes">> {
    if (slice.keys.entries.length === 0) return { tables: [], changes: 0 };
    return undisturbed(() => this.#supersede(slice, hour, sources));
  }

  async #supersede(
    { lane, keys, rows, messages, fromQuarantine }: NewRows,
    hour: Micros,
    sources: readonly string[],
  ): Promise<Pick<ReplayedSlice, "tables" | "changes">> {
    const { curated, quarantine } = this.#places;
    await putKeys(this.#connection, keys);
    const names = new Map(rows.map(({ container, table }) => [table, container]));
    for (const container of [curated, quarantine])
      for (const table of await tablesOf(container, this.#ports.list))
        if (isOfDecoder(table)) names.set(table, container);
    const raw = hashOf(sources);
    const tables: ReplayedSlice["tables"][number][] = [];
    let changes = 0;
    for (const [table, container] of [...names].sort()) {
      const days = await this.#daysOf(container, table, hour);
      const here = await this.#fetched.of(container, table, days);
      const paths = await formerFiles(this.#connection, table, lane, here);
      const former = Map.groupBy(
        here.filter(({ path }) => paths.has(path)),
        ({ day }) => day,
      );
      const fresh = Map.groupBy(
        rows.filter((file) => file.table === table),
        ({ day }) => day,
      );
      const sum = { before: 0, after: 0, same: 0 };
      for (const day of [...new Set([...former.keys(), ...fresh.keys()])].sort()) {
        const [was, now] = [former.get(day) ?? [], fresh.get(day) ?? []];
        const compared = await compareTable(this.#connection, table, lane, was, now);
        const { before, after, same, isChanged } = compared;
        sum.before += before;
        sum.after += after;
        sum.same += same;
        if (!isChanged) continue;
        const note = { hour: isoMicros(hour), lane, objects: sources.length, messages };
        await this.#change(
          {
            container,
            table,
            lane,
            day,
            known: days.find((one) => one.day === day),
            former: was,
            fresh: now,
          },
          { ...note, fromQuarantine, before, after, raw },
        );
        changes++;
      }
      if (sum.before + sum.after > 0) tables.push({ table, ...sum });
    }
    return { tables, changes };
  }

  /** Days with files that can have rows of messages of the hour: none is older than its rows. */
  async #daysOf(container: string, table: string, hour: Micros): Promise<readonly DayFiles[]> {
    const since = hour / 1_000 - clocksApartMs;
    const { list } = this.#ports;
    const days = await daysWith(container, table, list, ({ modifiedMs }) => modifiedMs >= since);
    return dayFiles(container, table, days, this.#ports);
  }

  async #change(
    { container, table, lane, day, known: found, former, fresh }: DayChange,
    note: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { dryRun, run, codec, files } = this.#options;
    if (dryRun) return;
    const known = found ?? (await this.#lookAt(container, table, day));
    await replaceFiles(
      {
        ...{ container, table, known, run, fresh, former },
        rest: (file) => withoutTheirs(this.#connection, table, lane, file, this.#folder, files),
        by: `replay ${run} ${String(note["hour"])} ${this.#ports.now()}`,
        note: { kind: "replayed", run, codec, ...note },
      },
      this.#ports,
    );
  }

  async #lookAt(container: string, table: string, day: string): Promise<DayFiles> {
    const [found] = await dayFiles(container, table, [day], this.#ports);
    return found as DayFiles;
  }
}

interface DayChange {
  readonly container: string;
  readonly table: string;
  readonly lane: Lane;
  readonly day: string;
  /** What there was; absent where no file of the day is old enough to have rows of the messages. */
  readonly known: DayFiles | undefined;
  readonly former: readonly FileHere[];
  readonly fresh: readonly FileHere[];
}

/** Tables whose rows a decoder makes. */
export const isOfDecoder = (table: string): boolean => /^(readings|quarantine|frames_.*)$/.test(table);
const hashOf = (names: readonly string[]): string =>
  createHash("sha256").update(names.join("\n")).digest("hex");
