/** Where the rows of packs go: to the files of their hours, and there in the order of the table. */
import type { TableSchema } from "../../functions/core/table.ts";
import { valueColumns, type PackedTable } from "./packed.ts";
import type { NameColumn } from "./series-names.ts";
import { hourMicros, type Hour } from "./write-files.ts";

const two32 = 4_294_967_296;

/** Rows one behind the other: each one's pack, and its number there. */
export interface RowPlaces {
  readonly packs: Int32Array;
  readonly rows: Int32Array;
}

export interface OrderedHour extends Hour {
  readonly places: RowPlaces;
}

/** Rows of one hour whose names stand together in the file. */
class Group {
  readonly number: number;
  readonly hour: number;
  readonly rank: number;
  rows = 0;
  minTs = Infinity;
  maxTs = -Infinity;
  isInOrder = true;
  /** Where its next row goes. */
  next = 0;

  constructor(number: number, hour: number, rank: number) {
    this.number = number;
    this.hour = hour;
    this.rank = rank;
  }

  add(ts: number): void {
    this.rows++;
    if (ts < this.minTs) this.minTs = ts;
    if (ts >= this.maxTs) this.maxTs = ts;
    else this.isInOrder = false;
  }
}

export class RowOrder {
  /** By row as it came, the number of its group. Kept, like the places, from one time to the next. */
  #groupOf = new Int32Array(0);
  #places: RowPlaces = { packs: new Int32Array(0), rows: new Int32Array(0) };

  /**
   * The hours in order, valid until the next call. A device mostly sends in order, so that grouping its rows orders
   * them; only where it does not are they sorted. Rows that the table's order does not tell apart stay as they came.
   */
  hours(
    table: TableSchema,
    packs: readonly PackedTable[],
    names: ReadonlyMap<string, NameColumn>,
  ): OrderedHour[] {
    this.#makeRoom(packs.reduce((sum, { rows }) => sum + rows, 0));
    const timeColumn = valueColumns(table).findIndex(({ name }) => name === table.partitionBy);
    const times = packs.map(({ memory, columns, rows }) => {
      return new Int32Array(memory, columns[timeColumn]?.values ?? 0, 2 * rows);
    });
    const groups = new Groups();
    const ranks = ranksOf(table, packs, names);
    let number = 0;
    packs.forEach((packed, pack) => {
      group(packed, times[pack] as Int32Array, ranks[pack] as Float64Array, groups, this.#groupOf, number);
      number += packed.rows;
    });
    const inOrder = groups.inOrder();
    number = 0;
    packs.forEach(({ rows }, pack) => {
      scatter(pack, rows, this.#groupOf, number, groups.all, this.#places);
      number += rows;
    });
    for (const { next, rows, isInOrder } of inOrder) {
      if (!isInOrder) sortByTime(this.#places, next - rows, next, times);
    }
    return hoursOf(inOrder, this.#places);
  }

  #makeRoom(rows: number): void {
    if (this.#groupOf.length >= rows) return;
    this.#groupOf = new Int32Array(rows);
    this.#places = { packs: new Int32Array(rows), rows: new Int32Array(rows) };
  }
}

function group(
  { memory, codes: start, rows }: PackedTable,
  times: Int32Array,
  ranks: Float64Array,
  groups: Groups,
  groupOf: Int32Array,
  first: number,
): void {
  const codes = new Int32Array(memory, start, rows);
  /** By series: the one of the row before. */
  const recent: (Group | undefined)[] = Array.from(ranks, () => undefined);
  for (let row = 0; row < rows; row++) {
    const code = codes[row] as number;
    const time = timeOf(times, row);
    let own = recent[code];
    if (own === undefined || time < own.hour || time >= own.hour + hourMicros) {
      const hour = Math.floor(time / hourMicros) * hourMicros;
      recent[code] = own = groups.of(hour, ranks[code] as number);
    }
    own.add(time);
    groupOf[first + row] = own.number;
  }
}

function scatter(
  pack: number,
  count: number,
  groupOf: Int32Array,
  first: number,
  groups: readonly Group[],
  { packs, rows }: RowPlaces,
): void {
  for (let row = 0; row < count; row++) {
    const place = (groups[groupOf[first + row] as number] as Group).next++;
    packs[place] = pack;
    rows[place] = row;
  }
}

function sortByTime(
  { packs, rows }: RowPlaces,
  from: number,
  until: number,
  times: readonly Int32Array[],
): void {
  const before = { packs: packs.slice(from, until), rows: rows.slice(from, until) };
  const at = Float64Array.from(before.packs, (pack, index) => {
    return timeOf(times[pack] as Int32Array, before.rows[index] as number);
  });
  const order = Int32Array.from(at, (_, index) => index).sort(
    (left, right) => (at[left] as number) - (at[right] as number) || left - right,
  );
  order.forEach((index, place) => {
    packs[from + place] = before.packs[index] as number;
    rows[from + place] = before.rows[index] as number;
  });
}

const timeOf = (times: Int32Array, row: number): number =>
  (times[2 * row + 1] as number) * two32 + ((times[2 * row] as number) >>> 0);

/** By pack and series: equal where the table's order does not tell them apart. */
function ranksOf(
  { sortBy, partitionBy }: TableSchema,
  packs: readonly PackedTable[],
  names: ReadonlyMap<string, NameColumn>,
): Float64Array[] {
  const ranks = packs.map(({ series }) => new Float64Array(series.length));
  for (const name of sortBy) {
    if (name === partitionBy) continue;
    const column = names.get(name);
    if (column === undefined) throw new Error(`rows can't be put in the order of ${name}: it is no name`);
    ranks.forEach((rank, pack) => {
      const codes = column.codes[pack] as Int32Array;
      codes.forEach(
        (code, index) => (rank[index] = (rank[index] ?? 0) * (column.names.length + 1) + code + 1),
      );
    });
  }
  return ranks;
}

class Groups {
  /** By their number. */
  readonly all: Group[] = [];
  readonly #byHour = new Map<number, Map<number, Group>>();

  of(hour: number, rank: number): Group {
    let groups = this.#byHour.get(hour);
    if (groups === undefined) this.#byHour.set(hour, (groups = new Map()));
    let group = groups.get(rank);
    if (group !== undefined) return group;
    group = new Group(this.all.length, hour, rank);
    this.all.push(group);
    groups.set(rank, group);
    return group;
  }

  /** Each told where it begins. */
  inOrder(): Group[] {
    const all = this.all.toSorted((left, right) => left.hour - right.hour || left.rank - right.rank);
    let start = 0;
    for (const group of all) {
      group.next = start;
      start += group.rows;
    }
    return all;
  }
}

function hoursOf(groups: readonly Group[], { packs, rows }: RowPlaces): OrderedHour[] {
  let start = 0;
  return [...Map.groupBy(groups, ({ hour }) => hour)].map(([from, own]) => {
    const end = start + own.reduce((sum, group) => sum + group.rows, 0);
    const places = { packs: packs.subarray(start, end), rows: rows.subarray(start, end) };
    start = end;
    const minTs = own.reduce((least, group) => Math.min(least, group.minTs), Infinity);
    const maxTs = own.reduce((most, group) => Math.max(most, group.maxTs), -Infinity);
    return { from, minTs, maxTs, places };
  });
}
