/** What a report is made of, whatever it is of and whatever form it is written in: sections of tables. */
import { count } from "../render/units.ts";

/** Devices that a list of a report names; the rest is counted. */
export const mostListed = 200;

/** Numbers are written as counts. */
export type Cell = string | number;

export interface ReportTable {
  /** Null under the section's own title. */
  readonly title: string | null;
  readonly titles: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said where there is no row. */
  readonly none: string;
  /** Of what the table leaves out; null where it is whole. */
  readonly note: string | null;
}

export interface ReportSection {
  readonly title: string;
  readonly tables: readonly ReportTable[];
}

export interface ReportContent {
  readonly title: string;
  readonly about: string;
  readonly sections: readonly ReportSection[];
}

export const section = (title: string, ...tables: readonly ReportTable[]): ReportSection => ({
  title,
  tables,
});

export const table = (
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
  none = "",
): ReportTable => ({
  ...{ title: null, titles, rows, none, note: null },
});

/** The first of them, and how many more there are. @param all of which these are the first */
export function deviceTable<Device>(
  titles: readonly string[],
  devices: readonly Device[],
  cells: (device: Device) => readonly Cell[],
  all = devices.length,
): ReportTable {
  const rows = devices.slice(0, mostListed).map(cells);
  const left = all - rows.length;
  const note = left > 0 ? `${count(left)} more are not listed.` : null;
  return { ...table(titles, rows, "none"), note };
}

/** To the minute, UTC; of microseconds. */
export const moment = (micros: number | null): string =>
  micros === null ? "never" : new Date(micros / 1000).toISOString().slice(0, 16).replace("T", " ");
