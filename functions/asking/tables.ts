/** The tables that a lake can be asked for: those that every lake has, and the frames that it holds files of. */
import { quarantineTable, readingsTable, type TableSchema } from "../core/table.ts";
import { alarmsTable } from "../alarms/alarms-table.ts";
import { insightTables } from "../declared-insights/tables.ts";
import type { LakeFileThere, LakeListing, TablePlace } from "./lake-listing.ts";

export const lakeTables: readonly TableSchema[] = [
  readingsTable,
  quarantineTable,
  alarmsTable,
  ...insightTables,
];

export const isFrames = ({ name }: Pick<TableSchema, "name">): boolean => name.startsWith("frames_");

export interface KnownTables {
  readonly tables: readonly TableSchema[];
  readonly places: readonly TablePlace[];
}

/** Null of a file that is damaged. */
type Describe = (table: string, file: LakeFileThere) => Promise<TableSchema | null>;

/** Of a table's newest files: where all of these are damaged, it is looked at again with the next question. */
const triedFiles = 8;

/** The columns of frames are in their files; what an instance has seen once it remembers. */
export class TableBook {
  readonly #describe: Describe;
  readonly #frames = new Map<string, TableSchema>();

  constructor(describe: Describe) {
    this.#describe = describe;
  }

  async known(listing: LakeListing): Promise<KnownTables> {
    const places = await listing.places();
    for (const place of places) {
      if (!isFrames({ name: place.table }) || this.#frames.has(place.table)) continue;
      const found = await this.#found(listing, place);
      if (found !== null) this.#frames.set(place.table, found);
    }
    const tables = [...lakeTables, ...this.#frames.values()];
    // Alarms are in a book: a file says nothing of them, wherever it lies.
    const names = new Set(tables.map(({ name }) => name).filter((name) => name !== alarmsTable.name));
    return { tables, places: places.filter(({ table }) => names.has(table)) };
  }

  async #found(listing: LakeListing, place: TablePlace): Promise<TableSchema | null> {
    let tried = 0;
    for await (const file of listing.newestFiles(place)) {
      const found = await this.#describe(place.table, file);
      if (found !== null || ++tried === triedFiles) return found;
    }
    return null;
  }

  /** Axes that another file showed. */
  learn(table: TableSchema): void {
    this.#frames.set(table.name, table);
  }
}
