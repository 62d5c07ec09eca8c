/**
 * One lake's rows and messages into another one, a day at a time. What was taken over is on record beside the rows of its
 * day: ended at any moment, the same copy goes on, and a later one brings what is new.
 */
import type { CopyEngine } from "./copy-engine.ts";
import { DaySums, type CopySums } from "./copy-sums.ts";
import { isOfDecoder, KnownMessages, type OwnFile } from "./known-messages.ts";
import {
  DamagedFile,
  SourceChanged,
  type CopiedFile,
  type LakeDestination,
  type LakeSource,
  type PutFile,
  type SourceFile,
  type ThereDay,
  type ThereFile,
} from "./places.ts";
import { formOf } from "./row-forms.ts";

export interface CopyLakeOptions<Put extends PutFile> {
  readonly source: LakeSource;
  readonly destination: LakeDestination<Put>;
  readonly engine: CopyEngine;
  /** Hours that are copied, `2026-11-21T07`: of rows by their time, of messages by their arrival. */
  readonly isWanted: (hour: string) => boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Bytes of the source that were looked at, and of how many. */
  readonly progress?: (done: number, of: number) => void;
}

/** How often a day is begun anew because the source changes it. */
const attempts = 5;

/** Rejects where a store fails or with the signal's reason; what was copied by then stays. */
export async function copyLake<Put extends PutFile>(options: CopyLakeOptions<Put>): Promise<CopySums> {
  const { source, destination, isWanted, signal, progress } = options;
  const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
  const days = (await source.days()).filter(({ day }) => hours.some((hour) => isWanted(`${day}T${hour}`)));
  const total = days.reduce((sum, { bytes }) => sum + bytes, 0);
  const there = await destination.tables();
  const sums = new DaySums();
  let done = 0;
  for (const { day, bytes } of days) {
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      const own = new DaySums();
      let looked = 0;
      const step = (more: number): void => {
        looked += more;
        progress?.(done + Math.min(looked, bytes), total);
        signal.throwIfAborted();
      };
      try {
        await copyDay(day, there, options, own, step);
        sums.add(own);
        break;
      } catch (error) {
        if (!(error instanceof SourceChanged) || attempt === attempts) throw error;
        // What of it is on record is not counted twice.
        sums.add(own);
      }
    }
    done += bytes;
    progress?.(done, total);
  }
  return sums.all;
}

interface TableDay {
  readonly table: string;
  /** Files of the source. */
  readonly all: readonly SourceFile[];
  /** Those that are to come. */
  readonly fresh: readonly SourceFile[];
  readonly there: ThereDay;
  /** Copies of files in whose place the source has others by now. */
  readonly stale: readonly ThereFile[];
}

async function copyDay<Put extends PutFile>(
  day: string,
  there: readonly string[],
  options: CopyLakeOptions<Put>,
  sums: DaySums,
  step: (bytes: number) => void,
): Promise<void> {
  const { source, destination, engine, dryRun } = options;
  const files = (await source.files(day)).filter(({ table }) => isOfDecoder(table));
  const names = new Set([...files.map(({ table }) => table), ...there.filter(isOfDecoder)]);
  const tables: TableDay[] = [];
  for (const table of [...names].sort())
    tables.push(
      await lookAt(
        table,
        day,
        files.filter((file) => file.table === table),
        options,
      ),
    );
  if (tables.some(({ fresh }) => fresh.length > 0)) {
    const own = dryRun ? [] : tables.flatMap(ownFiles);
    const known = await KnownMessages.of(day, own, destination, engine);
    for (const table of tables)
      if (table.fresh.length > 0) await copyTable(day, table, known, options, sums, step);
  }
  await copyRaw(day, options, sums, step);
}

async function lookAt<Put extends PutFile>(
  table: string,
  day: string,
  all: readonly SourceFile[],
  { destination, isWanted }: CopyLakeOptions<Put>,
): Promise<TableDay> {
  const there = await destination.look(table, day);
  const fresh = all.filter(({ path, hour }) => !there.copied.has(path) && isWanted(`${day}T${hour}`));
  const left = new Set(all.map(({ path }) => path));
  const anew = new Set(fresh.map(({ hour }) => hour));
  const gone = new Set(
    [...there.copied.values()].filter(({ from }) => !left.has(from)).flatMap(({ to }) => to),
  );
  // What the source's retention took away has nothing in its place, and stays.
  const stale = there.files.filter(({ path, hour }) => gone.has(path) && anew.has(hour));
  return { table, all, fresh, there, stale };
}

/** Of the destination's files, those that no copy of what the source has brought. */
function ownFiles({ table, all, fresh, there, stale }: TableDay): OwnFile[] {
  const left = new Set(all.map(({ path }) => path));
  const copies = new Set(
    [...there.copied.values()].filter(({ from }) => left.has(from)).flatMap(({ to }) => to),
  );
  const leaving = new Set(stale);
  // Made by a copy that was killed before its record.
  const made = new Set(fresh.map((file) => nameOf(file)));
  return there.files
    .filter((file) => !copies.has(file.path) && !leaving.has(file) && !made.has(file.madeOf ?? ""))
    .map((file) => ({ table, file }));
}

async function copyTable<Put extends PutFile>(
  day: string,
  { table, fresh, stale }: TableDay,
  known: KnownMessages,
  { source, destination, engine, dryRun }: CopyLakeOptions<Put>,
  sums: DaySums,
  step: (bytes: number) => void,
): Promise<void> {
  const [add, copied]: [Put[], CopiedFile[]] = [[], []];
  for (const file of fresh) {
    if (dryRun) {
      sums.planned(table, file.bytes);
      step(file.bytes);
      continue;
    }
    try {
      const fetched = await source.fetch(file);
      try {
        const form = await formOf(engine, table, fetched.scan);
        const split = await known.split(form, file.hour).catch((error: Error) => {
          throw new DamagedFile(`it can't be read: ${error.message.split("\n")[0]}`);
        });
        const { rows, known: had, otherwise, rest: select, sum } = split;
        const expected = { rows: rows - had - otherwise, sum };
        const place = { day, hour: file.hour, name: nameOf(file), replaces: stale.length > 0 };
        const put =
          expected.rows === 0 ? [] : [await destination.put({ ...form, ...place, select, expected }, engine)];
        add.push(...put);
        const to = put.map(({ path }) => path);
        copied.push({ from: file.path, sha256: fetched.sha256, rows, to, known: had, otherwise });
      } finally {
        await fetched.release();
      }
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      sums.damaged(`${file.path}: ${error.message}`);
    }
    step(file.bytes);
  }
  if (dryRun || copied.length === 0) return;
  await destination.change({ table, day, add, remove: stale, copied });
  sums.copied(table, copied, add);
}

async function copyRaw<Put extends PutFile>(
  day: string,
  { source, destination, isWanted, dryRun }: CopyLakeOptions<Put>,
  sums: DaySums,
  step: (bytes: number) => void,
): Promise<void> {
  const units = (await source.raw(day)).filter(({ hour }) => isWanted(`${day}T${hour}`));
  if (units.length === 0) return;
  const { copied: before } = await destination.look("raw", day);
  const copied: CopiedFile[] = [];
  for (const unit of units.filter(({ path }) => !before.has(path))) {
    if (dryRun) {
      sums.planned("raw", unit.bytes);
      step(unit.bytes);
      continue;
    }
    let [rows, lost, portion] = [0, 0, 0];
    const to: string[] = [];
    try {
      for await (const messages of source.messages(unit, (records) => (lost += records))) {
        to.push(...(await destination.keep(unit, portion++, messages)));
        rows += messages.length;
      }
      if (lost > 0) throw new DamagedFile(`${lost} records can't be read; the others were copied`);
      copied.push({ from: unit.path, sha256: nameOf(unit), rows, to, known: 0, otherwise: 0 });
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      sums.damaged(`${unit.path}: ${error.message}`);
    }
    step(unit.bytes);
  }
  if (copied.length === 0) return;
  await destination.change({ table: "raw", day, add: [], remove: [], copied });
  sums.copied("raw", copied, []);
}

const baseName = (path: string): string => (path.split("/").at(-1) ?? "").replace(/\.[a-z.]+$/, "");

/** What names a file's copy: the hash of its content, else the name that it has. */
const nameOf = ({
  path,
  sha256 = null,
}: {
  readonly path: string;
  readonly sha256?: string | null;
}): string => sha256 ?? baseName(path);
