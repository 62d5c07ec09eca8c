/** What a copy has done, by table. */
import type { CopiedFile, PutFile } from "./places.ts";

export interface TableSums {
  readonly table: string;
  /** Files of the source that were taken over, and their rows or messages. */
  readonly files: number;
  readonly rows: number;
  /** Of these: rows that were brought, that the destination had, and that it has otherwise. */
  readonly brought: number;
  readonly known: number;
  readonly otherwise: number;
  /** Of the files in the destination; with a dry run, of those that would be copied. */
  readonly bytes: number;
}

export interface CopySums {
  readonly tables: readonly TableSums[];
  /** Files that could not be copied, or not whole, and why. */
  readonly damaged: readonly string[];
}

export class DaySums {
  readonly #tables = new Map<string, TableSums>();
  readonly #damaged = new Set<string>();

  get all(): CopySums {
    const tables = [...this.#tables.values()].sort((one, other) => (one.table < other.table ? -1 : 1));
    return { tables, damaged: [...this.#damaged] };
  }

  planned(table: string, bytes: number): void {
    this.#put({ table, files: 1, rows: 0, brought: 0, known: 0, otherwise: 0, bytes });
  }

  copied(table: string, copied: readonly CopiedFile[], made: readonly PutFile[]): void {
    const bytes = made.reduce((sum, file) => sum + file.bytes, 0);
    this.#put({ table, files: 0, rows: 0, brought: 0, known: 0, otherwise: 0, bytes });
    for (const { rows, known, otherwise } of copied)
      this.#put({ table, files: 1, rows, brought: rows - known - otherwise, known, otherwise, bytes: 0 });
  }

  damaged(what: string): void {
    this.#damaged.add(what);
  }

  add({ all }: DaySums): void {
    for (const table of all.tables) this.#put(table);
    for (const what of all.damaged) this.#damaged.add(what);
  }

  #put(more: TableSums): void {
    const former = this.#tables.get(more.table);
    const sum = (name: Exclude<keyof TableSums, "table">) => (former?.[name] ?? 0) + more[name];
    this.#tables.set(more.table, {
      table: more.table,
      ...{ files: sum("files"), rows: sum("rows"), brought: sum("brought") },
      ...{ known: sum("known"), otherwise: sum("otherwise"), bytes: sum("bytes") },
    });
  }
}
