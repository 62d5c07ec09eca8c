import type { Column } from "./columns.ts";

/** Rows over columns that grow together. */
export abstract class Table {
  rows = 0;
  abstract readonly columns: readonly Column[];

  protected addRow(): number {
    const row = this.rows;
    this.rows += 1;
    for (const column of this.columns) column.grow(this.rows);
    return row;
  }

  /** Rows whose contents are read back into the columns' chunks. */
  restoreRows(rows: number): void {
    this.rows = rows;
    for (const column of this.columns) column.grow(rows);
  }
}
