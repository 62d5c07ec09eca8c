/** How records with names become rows: the part of a profile that all formats with names share. */

import type { TimeUnit } from "../normalise/time.ts";

/** What to do with a message that names another device than the authenticated one. */
export type OtherDevice = "sub-device" | "quarantine";

/** One value of a record. */
export interface MappedField {
  /** Where: keys joined by `.`, array places as `[n]`, for example `climate.sensors[0].t`. */
  readonly path: string;
  /** Default: the path's last key as lower_snake. */
  readonly metric?: string;
  readonly unit?: string;
  /** Default `double`. */
  readonly type?: "double" | "int" | "bool" | "text" | "bytes";
  /** Value = raw × scale + offset; `double` only. Defaults 1 and 0. */
  readonly scale?: number;
  readonly offset?: number;
  /** What the device writes for "no reading", before scaling. */
  readonly none?: number | string | readonly (number | string)[];
  /** A record without it is reported. Default false. */
  readonly required?: boolean;
}

/** Where a record's time is. A time that the format itself marks as one needs no unit. */
export interface MappedTime {
  readonly path: string;
  /** A second text behind the first: the time of day, where it is apart from the date. */
  readonly and?: string;
  /** A count since 1970, `iso` for RFC 3339 text, or `pattern`. */
  readonly unit: TimeUnit | "iso" | "pattern";
  /** For example `DD.MM.YYYY HH:mm:ss`. */
  readonly pattern?: string;
  /** Of texts that state no zone: `Z` or like `+02:00`. Without it `iso` takes none, and `pattern` is in UTC. */
  readonly zone?: string;
}

/** How records with names become rows. */
export interface Mapping {
  /** Where the device's time is, and how it counts. Without one, rows lie at arrival. */
  readonly time?: MappedTime;
  readonly sequence?: { readonly path: string };
  /** Where the payload names its device. */
  readonly device?: { readonly path: string; readonly other: OtherDevice };
  /** An array of samples; field paths and the time then start at its elements. */
  readonly samples?: string;
  readonly fields: readonly MappedField[];
  /** Numbers and booleans that no field names: dropped, or made readings named by their path. Default `ignore`. */
  readonly others?: "ignore" | "readings";
}
