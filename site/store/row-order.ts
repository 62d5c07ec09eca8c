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
  readonly hour: number;
  readonly rank: number;
  rows = 0;
  minTs = Infinity;
  maxTs = -Infinity;
  isInOrder = true;
  /** Where its next row goes. */
  next = 0;

  constructor(hour: number, rank: number) {
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

/**
 * The hours in order. A device mostly sends in order, so that grouping its rows orders them; only where it does not are
 * they sorted. Rows that the table's order does not tell apart stay as they came.
 */
export function orderRows(
  table: TableSchema,
  packs: readonly PackedTable[],
  names: ReadonlyMap<string, NameColumn>,
): OrderedHour[] {
  const total = packs.reduce((sum, { rows }) => sum + rows, 0);
  const [ts, packOf, rowOf] = [new Float64Array(total), new Int32Array(total), new Int32Array(total)];
  const timeColumn = valueColumns(table).findIndex(({ name }) => name === table.partitionBy);
  const groupOf: Group[] = [];
  const groups = new Groups();
  const ranks = ranksOf(table, packs, names);
  packs.forEach((packed, pack) => {
    const codes = new Int32Array(packed.memory, packed.codes, packed.rows);
    const times = new Int32Array(packed.memory, packed.columns[timeColumn]?.values ?? 0, 2 * packed.rows);
    const rankOf = ranks[pack] as Float64Array;
    /** By series: the one of the row before. */
    const recent: (Group | undefined)[] = Array.from(rankOf, () => undefined);
    for (let row = 0; row < packed.rows; row++) {
      const code = codes[row] as number;
      const time = (times[2 * row + 1] as number) * two32 + ((times[2 * row] as number) >>> 0);
      let group = recent[code];
      if (group === undefined || time < group.hour || time >= group.hour + hourMicros) {
        const hour = Math.floor(time / hourMicros) * hourMicros;
        recent[code] = group = groups.of(hour, rankOf[code] as number);
      }
      group.add(time);
      const number = groupOf.push(group) - 1;
      ts[number] = time;
      packOf[number] = pack;
      rowOf[number] = row;
    }
  });
  const order = new Int32Array(total);
  const inOrder = groups.inOrder();
  groupOf.forEach((group, number) => (order[group.next++] = number));
  for (const { next, rows, isInOrder } of inOrder) {
    if (isInOrder) continue;
    order
      .subarray(next - rows, next)
      .sort((left, right) => (ts[left] ?? 0) - (ts[right] ?? 0) || left - right);
  }
  const places = {
    packs: order.map((number) => packOf[number] ?? 0),
    rows: order.map((number) => rowOf[number] ?? 0),
  };
  return hoursOf(inOrder, places);
}

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
  readonly #byHour = new Map<number, Map<number, Group>>();

  of(hour: number, rank: number): Group {
    let groups = this.#byHour.get(hour);
    if (groups === undefined) this.#byHour.set(hour, (groups = new Map()));
    let group = groups.get(rank);
    if (group === undefined) groups.set(rank, (group = new Group(hour, rank)));
    return group;
  }

  /** Each told where it begins. */
  inOrder(): Group[] {
    const all = [...this.#byHour.values()].flatMap((groups) => [...groups.values()]);
    all.sort((left, right) => left.hour - right.hour || left.rank - right.rank);
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
