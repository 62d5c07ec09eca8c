/** Rows of a lake table that are in no file yet: packs as they came, and from the first question on also a DuckDB table. */
import type { TableSchema } from "../../functions/core/table.ts";
import type { PackedTable } from "./packed.ts";
import type { RowsTable } from "./rows-table.ts";

export class Staging {
  /** What questions see; it holds the first {@link Staging.#shown} packs. */
  readonly shown: RowsTable;
  #packs: PackedTable[] = [];
  #shown = 0;

  /** `shown` is empty. */
  constructor(shown: RowsTable) {
    this.shown = shown;
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
    for (const { memory } of this.#packs.splice(0, packs)) {
      // At once: the collector, which sees little of this thread's garbage, would keep it for long.
      memory.transfer(0);
    }
    this.#shown = 0;
    this.shown.cleared();
  }
}
