/** The two ends of a copy: a lake that is read, and a lake that takes over, whatever stores them. */
import type { Message } from "../../functions/core/model.ts";
import type { TableSchema } from "../../functions/core/table.ts";
import type { CopyEngine, Fingerprint } from "./copy-engine.ts";

/** A file of rows that counts in the source's lake. */
export interface SourceFile {
  readonly table: string;
  /** YYYY-MM-DD */
  readonly day: string;
  /** 00 to 23 */
  readonly hour: string;
  /** Names it in the source, for good: what has the same path has the same content. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of its content, hex; null where only the content says it. */
  readonly sha256: string | null;
}

/** Messages as they came, or a file that a device logged. */
export interface RawUnit {
  readonly day: string;
  readonly hour: string;
  readonly path: string;
  readonly bytes: number;
}

/** A file that DuckDB can read here. */
export interface FetchedFile {
  readonly sha256: string;
  /** As it stands behind FROM. */
  readonly scan: string;
  /** It is needed no more. */
  release(): Promise<void>;
}

export interface DayOfSource {
  readonly day: string;
  readonly bytes: number;
}

export interface LakeSource {
  /** For people, and for the record of what was copied from where. */
  readonly name: string;
  /** Days that have files, with what they hold, in order. */
  days(): Promise<readonly DayOfSource[]>;
  /** Files of rows that count at this moment. */
  files(day: string): Promise<readonly SourceFile[]>;
  /** Throws {@link SourceChanged}, {@link DamagedFile}. */
  fetch(file: SourceFile): Promise<FetchedFile>;
  raw(day: string): Promise<readonly RawUnit[]>;
  /**
   * Live messages in portions; a portion of a damaged unit lacks what can't be read, of which `onDamage` hears. Throws
   * {@link SourceChanged}, {@link DamagedFile}.
   */
  messages(unit: RawUnit, onDamage: (records: number) => void): AsyncGenerator<readonly Message[]>;
}

/** A file of the source that the destination has taken over. */
export interface CopiedFile {
  /** Its path in the source. */
  readonly from: string;
  /** SHA-256 of its content there, hex. */
  readonly sha256: string;
  /** Rows or messages that it had. */
  readonly rows: number;
  /** Where its rows came to lie; none where the destination had all of them. */
  readonly to: readonly string[];
  /** Rows of messages that the destination had already, */
  readonly known: number;
  /** or had, and has otherwise: by another codec or version. */
  readonly otherwise: number;
}

/** A file of rows that counts in the destination. */
export interface ThereFile {
  readonly path: string;
  readonly hour: string;
  /** What the file was called that it is a copy of, where its own name says so. */
  readonly madeOf?: string;
}

export interface ThereDay {
  readonly files: readonly ThereFile[];
  /** What was taken over of this source so far, by its path there. */
  readonly copied: ReadonlyMap<string, CopiedFile>;
}

/** Rows that are to come. */
export interface RowsToPut {
  readonly schema: TableSchema;
  readonly day: string;
  readonly hour: string;
  /** A SELECT of the schema's columns with DuckDB's own types. */
  readonly select: string;
  /** Of these rows. */
  readonly expected: Fingerprint;
  /** Hex: what names the file. */
  readonly name: string;
  /** Whether former files go in the same change. */
  readonly replaces: boolean;
}

/** A file that lies in the destination and holds just the rows that it was to hold. */
export interface PutFile {
  readonly path: string;
  readonly bytes: number;
}

export interface DayChange<Put extends PutFile = PutFile> {
  readonly table: string;
  readonly day: string;
  readonly add: readonly Put[];
  readonly remove: readonly ThereFile[];
  readonly copied: readonly CopiedFile[];
}

export interface LakeDestination<Put extends PutFile = PutFile> {
  readonly name: string;
  /** Tables that have files there. */
  tables(): Promise<readonly string[]>;
  /** @param table `raw` for the raw zone, whose files are not listed */
  look(table: string, day: string): Promise<ThereDay>;
  /** Throws {@link DamagedFile}. */
  fetch(table: string, day: string, file: ThereFile): Promise<Pick<FetchedFile, "scan" | "release">>;
  /** Not part of the lake before its change, or harmlessly so: it is named after what it was made of. Throws {@link Unequal}. */
  put(rows: RowsToPut, engine: CopyEngine): Promise<Put>;
  change(change: DayChange<Put>): Promise<void>;
  /** Messages of one unit; resolves with what was made. */
  keep(unit: RawUnit, portion: number, messages: readonly Message[]): Promise<readonly string[]>;
}

/** Of `…/dt=2026-11-21/hr=07/<name>`. Throws {@link DamagedFile}. */
export function hourIn(path: string): { readonly day: string; readonly hour: string } {
  const [, day, hour] = /(?:^|\/)dt=(\d{4}-\d\d-\d\d)\/hr=(\d\d)\/[^/]+$/.exec(path) ?? [];
  if (day === undefined || hour === undefined) throw new DamagedFile(`${path} lies in no hour of a day`);
  return { day, hour };
}

/** What was listed is no longer there: the source has merged or replaced it meanwhile. */
export class SourceChanged extends Error {
  override readonly name = "SourceChanged";
}

/** A file is not what its name or record says, or nothing that can be read. */
export class DamagedFile extends Error {
  override readonly name = "DamagedFile";
}

/** What lies in the destination is not what was sent. */
export class Unequal extends Error {
  override readonly name = "Unequal";
}
