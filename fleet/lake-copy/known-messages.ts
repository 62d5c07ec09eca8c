/** Which messages the destination has rows of that no copy of this source brought: those it keeps as it has them. */
import { quarantineTable, quoteText } from "../../functions/core/table.ts";
import { rowHash, type CopyEngine } from "./copy-engine.ts";
import type { LakeDestination, ThereFile } from "./places.ts";
import { formOf, type RowForm } from "./row-forms.ts";

/** A file of the destination's own. */
export interface OwnFile {
  readonly table: string;
  readonly file: ThereFile;
}

export interface SplitRows {
  /** Of the file, and of these those that the destination has, or has otherwise. */
  readonly rows: number;
  readonly known: number;
  readonly otherwise: number;
  /** A SELECT of the others, and the sum of their hashes. */
  readonly rest: string;
  readonly sum: string;
}

const placeOf = (table: string, hour: string): string => quoteText(`${table}/${hour}`);
/** Tables whose rows a decoder makes. */
export const isOfDecoder = (table: string): boolean =>
  /^(readings|frames_.*)$/.test(table) || table === quarantineTable.name;

export class KnownMessages {
  readonly #engine: CopyEngine;
  readonly #isEmpty: boolean;

  private constructor(engine: CopyEngine, isEmpty: boolean) {
    this.#engine = engine;
    this.#isEmpty = isEmpty;
  }

  /** Takes the place of those of the day before. A file after the other is read; ids of what is spilled are encrypted. */
  static async of(
    day: string,
    own: readonly OwnFile[],
    destination: Pick<LakeDestination, "fetch">,
    engine: CopyEngine,
  ): Promise<KnownMessages> {
    if (own.length === 0) return new KnownMessages(engine, true);
    await engine.main.run(
      "CREATE OR REPLACE TEMP TABLE known (place VARCHAR, msg_id BLOB, codec VARCHAR, codec_version VARCHAR)",
    );
    for (const { table, file } of own) {
      const fetched = await destination.fetch(table, day, file);
      try {
        const { select } = await formOf(engine, table, fetched.scan);
        await engine.main.run(
          `INSERT INTO known SELECT DISTINCT ${placeOf(table, file.hour)}, msg_id, codec, codec_version FROM (${select})`,
        );
      } finally {
        await fetched.release();
      }
    }
    return new KnownMessages(engine, false);
  }

  /**
   * Rows of a file of the source, split. In the same hour of the same table the destination's rows of a message are the message's; where it
   * has them anywhere on the day by another codec or version, it has decoded the message otherwise.
   */
  async split({ schema, select }: RowForm, hour: string): Promise<SplitRows> {
    const hash = rowHash(schema);
    if (this.#isEmpty) return { ...(await this.#count(hash, select, "false", "false")), rest: select };
    const place = placeOf(schema.name, hour);
    const marked = `SELECT s.*,
        s.msg_id IN (SELECT msg_id FROM known WHERE place = ${place}) AS is_known,
        s.msg_id IN (SELECT msg_id FROM known) AND NOT EXISTS (
          SELECT 1 FROM known k WHERE k.msg_id = s.msg_id AND k.codec = s.codec AND k.codec_version = s.codec_version)
          AS is_otherwise
      FROM (${select}) s`;
    const counts = await this.#count(hash, marked, "is_known", "is_otherwise");
    const rest = `SELECT * EXCLUDE (is_known, is_otherwise) FROM (${marked}) WHERE NOT is_known AND NOT is_otherwise`;
    return { ...counts, rest };
  }

  async #count(
    hash: string,
    from: string,
    isKnown: string,
    isOtherwise: string,
  ): Promise<Omit<SplitRows, "rest">> {
    const [row = []] = await this.#engine.rows(
      `SELECT count(*), count(*) FILTER (${isKnown} AND NOT ${isOtherwise}), count(*) FILTER (${isOtherwise}),
         coalesce(sum(${hash}) FILTER (NOT ${isKnown} AND NOT ${isOtherwise}), 0)::VARCHAR FROM (${from})`,
    );
    const [rows = 0, known = 0, otherwise = 0] = row.slice(0, 3).map(Number);
    return { rows, known, otherwise, sum: String(row[3]) };
  }
}
