/** Parquet files of a site or a function, one after the other: what one may take of the machine's memory, two may not. */
import type { Profile } from "../../core/profiles/profile.ts";
import { parquetContent } from "./content.ts";
import { firstRow, type PlacedLines, type RandomAccess, type RowPlace } from "./rows.ts";

/** Where a file is gone on with. */
export interface ParquetPlace {
  readonly row: RowPlace;
  /** Of the lines before it. */
  readonly bytes: number;
}

export interface ParquetLines extends ParquetPlace {
  readonly lines: PlacedLines["lines"];
}

export const parquetStart: ParquetPlace = { row: firstRow, bytes: 0 };

let turn: Promise<void> = Promise.resolve();

/** The lines from a place on, each chunk with its own. Throws as {@link parquetContent} does. */
export async function* parquetInTurn(
  file: RandomAccess,
  profile: Profile,
  from: ParquetPlace,
): AsyncGenerator<ParquetLines> {
  const former = turn;
  const { promise, resolve } = Promise.withResolvers<void>();
  turn = promise;
  try {
    await former;
    let place = from;
    let { bytes } = from;
    for await (const { lines, place: row } of parquetContent(file, profile, from.row, from.bytes)) {
      // Of a row that is longer than a chunk, the others go on with it.
      if (row.row !== place.row.row) place = { row, bytes };
      bytes += lines.length;
      yield { ...place, lines };
    }
  } finally {
    resolve();
  }
}

/**
 * Reads rows to the end, so that nothing is taken of a file that is damaged behind its first ones. Resolves to where it is to
 * be gone on where `hasTime` said no, else to null. Rejects with FileRefusal.
 */
export async function checkRows(
  file: RandomAccess,
  profile: Profile,
  from: ParquetPlace,
  hasTime: () => boolean,
): Promise<ParquetPlace | null> {
  for await (const { row, bytes } of parquetInTurn(file, profile, from))
    if (row.row > from.row.row && !hasTime()) return { row, bytes };
  return null;
}
