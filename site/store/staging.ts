/** Rows of a lake table that are in no file yet: packs as they came, and from the first question on also a DuckDB table. */
import type { TableSchema } from "../../functions/core/table.ts";
import type { PackedTable } from "./packed.ts";
import type { RowsTable } from "./rows-table.ts";

export class Staging {
  /** What questions see; it holds the first {@link Staging.#shown} packs. */
  readonly shown: RowsTable;
  readonly #onWritten: (packs: readonly PackedTable[]) => void;
  #packs: PackedTable[] = [];
  #shown = 0;

  /** `shown` is empty; `onWritten` is told of packs that nobody reads any more. */
  constructor(shown: RowsTable, onWritten: (packs: readonly PackedTable[]) => void) {
    this.shown = shown;
    this.#onWritten = onWritten;
  }

  get table(): TableSchema {
    return this.shown.table;
  }

  get packs(): readonly PackedTable[] {
    return this.#packs;
  }

  /** Takes rows over; costs nothing until somebody asks for them. */
  append(packed: PackedTable): void {
    this.#packs.push(packed);
  }

  /** Not between the beginning of a flush and its end, which clears what is shown. */
  show(): void {
    if (this.#shown === this.#packs.length) return;
    this.shown.append(this.#packs.slice(this.#shown));
    this.#shown = this.#packs.length;
  }

  /** The first `packs` are in files. */
  written(packs: number): void {
    this.#onWritten(this.#packs.splice(0, packs));
    this.#shown = 0;
    this.shown.cleared();
  }
}
