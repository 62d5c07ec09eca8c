/** The messages of a file of the raw zone, so many at a time, and gone on with behind any of the batches. */
import { fileBatches, type BatchLimits, type FileBatch } from "../core/files/file-batches.ts";
import { LogFileReader, type LogFileSource } from "../core/files/log-file.ts";
import type { Message } from "../core/model.ts";
import type { Profile } from "../core/profiles/profile.ts";
import { parquetInTurn, parquetStart, type ParquetPlace } from "./parquet/turns.ts";
import type { RandomAccess } from "./parquet/rows.ts";
import { recordsIn, type ContentName } from "./stored-content.ts";

/** How far a file came. */
export interface BatchesDone {
  readonly batches: number;
  /** Where the last of them ended, in Parquet: other files are read from their beginning again. */
  readonly rows?: ParquetPlace & { readonly known: number };
}

export interface StoredBatch extends FileBatch {
  /** With this one. */
  readonly done: BatchesDone;
}

export interface StoredRecords {
  readonly file: RandomAccess;
  readonly content: ContentName;
  readonly profile: Profile;
  readonly source: LogFileSource;
  readonly limits: BatchLimits;
}

/** The same file makes the same batches, wherever it is gone on with. Throws FileRefusal where it can't be read. */
export async function* storedBatches(
  { file, content, profile, source, limits }: StoredRecords,
  former: BatchesDone = { batches: 0 },
): AsyncGenerator<StoredBatch> {
  const { container } = content;
  let { batches } = former;
  if (container !== "parquet") {
    let left = batches;
    const records = recordsIn(file, container, profile);
    for await (const batch of fileBatches(records, new LogFileReader(profile, source), limits))
      if (left-- <= 0) yield { ...batch, done: { batches: ++batches } };
    return;
  }
  const { known, ...from } = former.rows ?? { ...parquetStart, known: -1 };
  let place: ParquetPlace = from;
  async function* lines(): AsyncGenerator<Uint8Array> {
    for await (const { lines: chunk, row, bytes } of parquetInTurn(file, profile, from)) {
      place = { row, bytes };
      yield chunk;
    }
  }
  const reader = new LogFileReader(profile, source, { left: from.row.lines, known });
  for await (const batch of fileBatches(lines(), reader, limits)) {
    const rows = { ...place, known: lastOf(batch) };
    yield { ...batch, done: { batches: ++batches, rows } };
  }
}

/** Of a message, inside its file. */
export const placeOf = ({ position }: Message): string => position.slice(position.indexOf(":") + 1);

const lastOf = ({ messages, unreadable }: FileBatch): number =>
  Math.max(
    ...[messages.at(-1), unreadable.at(-1)?.message].map((last) => (last ? Number(placeOf(last)) : -1)),
  );
