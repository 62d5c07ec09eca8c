/** The lake of a site on this machine that takes over rows and messages: files are put into their places, and the site names them. */
import { existsSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { hourFolder, hourOf } from "../../functions/core/instant.ts";
import type { Message } from "../../functions/core/model.ts";
import { quoteIdentifier, type TableSchema } from "../../functions/core/table.ts";
import { makeFolder } from "../../site/log/folder.ts";
import { takenOverSegment } from "../../site/log/taken-over.ts";
import type { LakeFile } from "../../site/store/manifest.ts";
import type { TakeOverRequest } from "../../site/store/take-over.ts";
import { writeHour } from "../../site/store/write-files.ts";
import { writeWhole } from "../../site/write-whole.ts";
import { sealedScan, type CopyEngine } from "./copy-engine.ts";
import { fetchLocal, type LocalLake } from "./local-source.ts";
import { ManifestView } from "./manifest-view.ts";
import {
  hourIn,
  Unequal,
  type DayChange,
  type LakeDestination,
  type PutFile,
  type RawUnit,
  type RowsToPut,
  type ThereDay,
  type ThereFile,
} from "./places.ts";
import { formOf } from "./row-forms.ts";

interface LocalPut extends PutFile {
  readonly file: LakeFile;
  readonly schema: TableSchema;
}

export type TakeOver = (request: TakeOverRequest) => Promise<void>;

export class LocalDestination implements LakeDestination<LocalPut> {
  readonly name: string;
  readonly #source: string;
  readonly #lake: LocalLake;
  readonly #folder: string;
  readonly #manifest: ManifestView;
  readonly #takeOver: TakeOver;

  /** @param source names the other lake; @param takeOver of the site, which alone writes its manifest */
  constructor(name: string, source: string, lake: LocalLake, takeOver: TakeOver) {
    this.name = name;
    this.#source = source;
    this.#lake = lake;
    this.#folder = join(lake.dataFolder, "lake");
    this.#manifest = new ManifestView(this.#folder, lake.keyring.key("manifest"));
    this.#takeOver = takeOver;
  }

  async tables(): Promise<readonly string[]> {
    return [...new Set(this.#own().map(({ table }) => table))];
  }

  async look(table: string, day: string): Promise<ThereDay> {
    const copied = this.#manifest.now.copies
      .filter((one) => one.source === this.#source && one.table === table && one.day === day)
      .flatMap(({ files }) => files);
    const files = this.#own()
      .filter((file) => file.table === table)
      .map(({ path }) => ({ path, ...hourIn(path) }))
      .filter((file) => file.day === day)
      .map(({ path, hour }) => ({ path, hour }));
    return { files, copied: new Map(copied.map((file) => [file.from, file])) };
  }

  async fetch(_table: string, _day: string, { path }: ThereFile) {
    const known = this.#own().find((file) => file.path === path);
    return fetchLocal(join(this.#folder, path), path, known ?? { sha256: null, bytes: 0 }, "lake");
  }

  async put({ schema, day, hour, select, expected }: RowsToPut, engine: CopyEngine): Promise<LocalPut> {
    const by = quoteIdentifier(schema.partitionBy);
    const [range = []] = await engine.rows(
      `SELECT epoch_us(min(${by})), epoch_us(max(${by})) FROM (${select})`,
    );
    const [minTs = 0, maxTs = 0] = range.map(Number);
    const from = Date.parse(`${day}T${hour}:00:00Z`) * 1_000;
    const file = await writeHour(
      { engine, folder: this.#folder, table: schema, select },
      { from, minTs, maxTs },
    );
    const form = await formOf(engine, schema.name, sealedScan(join(this.#folder, file.path), "lake"));
    const { rows, sum } = await engine.fingerprint(form.schema, form.select);
    if (rows !== expected.rows || sum !== expected.sum)
      throw new Unequal(
        `${file.path} holds ${rows} rows that are not the ${expected.rows} rows of its source`,
      );
    return { path: file.path, bytes: file.bytes, file, schema };
  }

  async change({ table, day, add, remove, copied }: DayChange<LocalPut>): Promise<void> {
    await this.#takeOver({
      files: add.map(({ file: { path, sha256, rows, bytes, minTs, maxTs, shape } }) => ({
        ...{ table, path, sha256, rows, bytes, minTs, maxTs, shape },
      })),
      remove: remove.map(({ path }) => path),
      schema: schemaOf(add),
      copied: {
        ...{ source: this.#source, table, day },
        files: copied.map((file) => ({ ...file, to: [...file.to] })),
      },
    });
  }

  async keep(_unit: RawUnit, _portion: number, messages: readonly Message[]): Promise<readonly string[]> {
    const made: string[] = [];
    for (const [hour, group] of Map.groupBy(messages, (one) => hourFolder(hourOf(one.receivedAt)))) {
      const bytes = takenOverSegment(group, this.#lake.keyring);
      const folder = join(this.#folder, "raw", hour);
      const name = `${createHash("sha256").update(bytes).digest("hex")}.seg`;
      await makeFolder(folder);
      if (!existsSync(join(folder, name))) await writeWhole(join(folder, name), bytes);
      made.push(`raw/${hour}/${name}`);
    }
    return made;
  }

  /** Results of insights are worked out anew. */
  #own(): readonly LakeFile[] {
    return this.#manifest.now.files.filter(({ derived }) => derived === undefined);
  }
}

/** Of files that may differ in their axes: each one's, once. */
function schemaOf(add: readonly LocalPut[]): TakeOverRequest["schema"] {
  const [first] = add;
  if (first === undefined) return null;
  const columns = new Map(add.flatMap(({ schema }) => schema.columns.map((one) => [one.name, { ...one }])));
  return { ...first.schema, sortBy: [...first.schema.sortBy], columns: [...columns.values()] };
}
