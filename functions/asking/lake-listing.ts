/** What lies in a lake of objects: its tables, their days, and the files of these that count. Looked at again after moments. */
import type { Micros } from "../core/model.ts";
import { Memo } from "../../site/console/memo.ts";
import type { ScannedFile } from "../../site/store/asking/scan-guard.ts";
import type { ListedBlob } from "../adapters/blob-list.ts";
import { inTurns } from "../adapters/in-turns.ts";
import { dayFiles, daysIn, foldersOf, type LakeReading } from "../lake/day-files.ts";
import { dayMicros, dayStart, daysOf, windowOf, type AskedTimes, type Window } from "./window.ts";

/** Where a table's days lie. */
export interface TablePlace {
  readonly container: string;
  /** `readings`, `insights/rollups_1h`. */
  readonly folder: string;
  readonly table: string;
}

export interface LakeFileThere extends ScannedFile {
  readonly container: string;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

export interface Listed {
  readonly window: Window;
  readonly files: readonly LakeFileThere[];
}

const hourMicros = 3_600_000_000;
const atOnce = 8;
/** Milliseconds: files land once in a minute or so, tables and days are seldom new. */
const kept = { files: 5_000, days: 10_000, tables: 10_000 } as const;

export class LakeListing {
  readonly #reading: LakeReading;
  readonly #containers: readonly string[];
  readonly #now: () => number;
  readonly #places: Memo<readonly TablePlace[]>;
  readonly #days: Memo<readonly string[]>;
  readonly #files: Memo<readonly LakeFileThere[]>;

  /** @param containers each holds tables as folders of days @param now milliseconds */
  constructor(reading: LakeReading, containers: readonly string[], now: () => number) {
    this.#reading = reading;
    this.#containers = containers;
    this.#now = now;
    this.#places = new Memo(kept.tables, 1, now);
    this.#days = new Memo(kept.days, 256, now);
    this.#files = new Memo(kept.files, 2_048, now);
  }

  places(): Promise<readonly TablePlace[]> {
    const { list } = this.#reading;
    return this.#places.get("", async () => {
      const of = this.#containers.map(async (container) => {
        return (await foldersOf(container, list)).map((folder) => ({
          container,
          folder,
          table: folder.slice(folder.lastIndexOf("/") + 1),
        }));
      });
      return (await Promise.all(of)).flat();
    });
  }

  /**
   * Files of tables in the days that a question is about. Without a time of its own it gets as many of the newest days as
   * `aimBytes` hold, and one at least.
   */
  async of(places: readonly TablePlace[], asked: AskedTimes, aimBytes: number): Promise<Listed> {
    const now = this.#now();
    const byPlace = await Promise.all(
      places.map(async (place) => [place, await this.#daysOf(place)] as const),
    );
    const days = daysOf(
      byPlace.flatMap(([, its]) => its),
      asked,
      now,
    );
    const byDay = new Map<string, LakeFileThere[]>(days.map((day) => [day, []]));
    const tasks = byPlace.flatMap(([place, its]) =>
      its.flatMap((day) => {
        const found = byDay.get(day);
        return found === undefined ? [] : [async () => void found.push(...(await this.filesOf(place, day)))];
      }),
    );
    await inTurns(tasks, atOnce);
    const looked = asked.from === undefined ? newestOf(byDay, aimBytes) : days;
    return {
      window: windowOf(looked, asked, now),
      files: looked.flatMap((day) => byDay.get(day) ?? []).toSorted(byPath),
    };
  }

  /** Of a table's newest days, the newest first. */
  async *newestFiles(place: TablePlace): AsyncGenerator<LakeFileThere> {
    for (const day of (await this.#daysOf(place)).toSorted().toReversed().slice(0, 3))
      yield* (await this.filesOf(place, day)).toReversed();
  }

  #daysOf({ container, folder }: TablePlace): Promise<readonly string[]> {
    const { list } = this.#reading;
    return this.#days.get(`${container}/${folder}`, () => daysIn(container, folder, list));
  }

  filesOf({ container, folder, table }: TablePlace, day: string): Promise<readonly LakeFileThere[]> {
    return this.#files.get(`${container}/${folder}/${day}`, async () => {
      const [found] = await dayFiles(container, folder, [day], this.#reading);
      return (found?.files ?? []).map((blob) => ({ ...scanned(blob, table, day), container }));
    });
  }
}

/** A partition is an hour of its table's own time. */
function scanned({ key, bytes, modifiedMs }: ListedBlob, table: string, day: string) {
  const hour = /\/hr=(\d\d)\//.exec(key)?.[1];
  const minTs: Micros = dayStart(day) + (hour === undefined ? 0 : Number(hour) * hourMicros);
  const maxTs = minTs + (hour === undefined ? dayMicros : hourMicros) - 1;
  return { path: key, table, bytes, modifiedMs, minTs, maxTs, shape: "" };
}

/** Days in order, the oldest ones left out where they are too much. */
function newestOf(byDay: ReadonlyMap<string, readonly LakeFileThere[]>, aimBytes: number): string[] {
  let sum = 0;
  const looked: string[] = [];
  for (const [day, files] of [...byDay].toReversed()) {
    sum += files.reduce((total, { bytes }) => total + bytes, 0);
    if (sum > aimBytes && looked.length > 0) break;
    looked.unshift(day);
  }
  return looked;
}

const byPath = (one: LakeFileThere, other: LakeFileThere): number =>
  one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
