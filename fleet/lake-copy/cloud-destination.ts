/** A cloud's lake that takes over rows and messages of another one: objects that are made once and read back. */
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { rawZone } from "../../functions/adapters/lake.ts";
import type { ParquetCodec } from "../../functions/adapters/parquet.ts";
import { quarantineTable, quoteText } from "../../functions/core/table.ts";
import { changeDay } from "../../functions/lake/day-change.ts";
import { changedName, isChangedName } from "../../functions/lake/changed-name.ts";
import { dayFiles, tablesOf, type DayFiles, type LakeReading } from "../../functions/lake/day-files.ts";
import { dayFolder } from "../../functions/lake/day-record.ts";
import type { ReplayPlaces } from "../../functions/lake/replay-options.ts";
import type { ObjectRemoval, ObjectStore } from "../../functions/ports.ts";
import { plainScan, type CopyEngine } from "./copy-engine.ts";
import { CopiedRecords } from "./copied-records.ts";
import {
  hourIn,
  Unequal,
  type DayChange,
  type LakeDestination,
  type PutFile,
  type RowsToPut,
  type ThereFile,
} from "./places.ts";
import { formOf, hexSelect } from "./row-forms.ts";

export interface CloudLake extends LakeReading {
  readonly places: ReplayPlaces;
  readonly objects: ObjectStore;
  readonly removal: ObjectRemoval;
}

export interface CloudFiles {
  readonly codec: ParquetCodec;
  readonly version: "V1" | "V2";
}

/** As the lake's other files are. */
const groupRows = 100_000;
/** A copy is named after what it is a copy of, so that whoever goes on knows it: its own hash depends on who wrote it. */
const copyEnd = "-copy.parquet";

function thereFile(key: string): ThereFile {
  const file = { path: key, hour: hourIn(key).hour };
  return key.endsWith(copyEnd)
    ? { ...file, madeOf: (key.split("/").at(-1) as string).slice(0, -copyEnd.length) }
    : file;
}

export class CloudDestination implements LakeDestination {
  readonly name: string;
  readonly #lake: CloudLake;
  readonly #files: CloudFiles;
  readonly #engine: CopyEngine;
  readonly #records: CopiedRecords;
  readonly #days = new Map<string, DayFiles>();

  /** @param source names the other lake; @param files as the stack's decoder writes them */
  constructor(name: string, source: string, lake: CloudLake, files: CloudFiles, engine: CopyEngine) {
    this.name = name;
    this.#lake = lake;
    this.#files = files;
    this.#engine = engine;
    this.#records = new CopiedRecords(lake.places.curated, source, lake);
  }

  async tables(): Promise<readonly string[]> {
    const { places, list } = this.#lake;
    const found = [await tablesOf(places.curated, list), await tablesOf(places.quarantine, list)];
    return [...new Set(found.flat())];
  }

  async look(table: string, day: string): Promise<Awaited<ReturnType<LakeDestination["look"]>>> {
    const copied = await this.#records.of(table, day);
    if (table === "raw") return { files: [], copied };
    const [found] = (await dayFiles(this.#zone(table), table, [day], this.#lake)) as readonly [DayFiles];
    this.#days.set(`${table}/${day}`, found);
    return { files: found.files.map(({ key }) => thereFile(key)), copied };
  }

  async fetch(table: string, _day: string, { path }: { readonly path: string }) {
    const file = this.#engine.place();
    await writeFile(file, await this.#lake.objects.read(this.#zone(table), path));
    return { scan: plainScan(file), release: () => rm(file, { force: true }) };
  }

  async put(rows: RowsToPut, engine: CopyEngine): Promise<PutFile> {
    const { schema, day, select, expected } = rows;
    const { codec, version } = this.#files;
    const file = engine.place();
    try {
      await engine.main.run(
        `COPY (${hexSelect(schema, select)}) TO ${quoteText(file)}
         (FORMAT parquet, PARQUET_VERSION ${version}, COMPRESSION ${codec.toLowerCase()}, ROW_GROUP_SIZE ${groupRows})`,
      );
      const bytes = await readFile(file);
      const zone = this.#zone(schema.name);
      const key = this.#keyOf(rows, bytes, this.#days.get(`${schema.name}/${day}`));
      const isNew = await this.#lake.objects.create(zone, key, bytes, { rows: String(expected.rows) });
      const there = await this.#lake.objects.read(zone, key);
      if (isNew && Buffer.compare(there, bytes) !== 0)
        throw new Unequal(`${zone}/${key} is not what was sent`);
      // What was there by this name may be of another version of DuckDB, but must be of the same rows.
      if (!isNew) await writeFile(file, there);
      const form = await formOf(engine, schema.name, plainScan(file));
      const { rows: found, sum } = await engine.fingerprint(form.schema, form.select);
      if (found !== expected.rows || sum !== expected.sum)
        throw new Unequal(
          `${zone}/${key} holds ${found} rows that are not the ${expected.rows} rows of its source`,
        );
      return { path: key, bytes: there.length };
    } finally {
      await rm(file, { force: true });
    }
  }

  /** One that a killed copy made counts already. */
  #keyOf(rows: RowsToPut, bytes: Uint8Array, known: DayFiles | undefined): string {
    const { schema, day, hour, name, replaces } = rows;
    const folder = `${dayFolder(schema.name, day)}hr=${hour}/`;
    const plain = `${folder}${name}${copyEnd}`;
    if (!replaces || known?.files.some(({ key }) => key === plain) === true) return plain;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return `${folder}${changedName(sha256, `copy-${(known?.number ?? 0) + 1}`)}`;
  }

  async change({ table, day, add, remove, copied }: DayChange): Promise<void> {
    const { objects, removal } = this.#lake;
    const zone = this.#zone(table);
    const folder = dayFolder(table, day);
    if (remove.length > 0) {
      const known = this.#days.get(`${table}/${day}`) as DayFiles;
      const paths = (files: readonly { readonly path: string }[]) =>
        files.map(({ path }) => path.slice(folder.length));
      const now = Date.now();
      const change = {
        add: paths(add.filter(({ path }) => isChangedName(path))),
        remove: paths(remove),
        by: `copy ${now}`,
      };
      const note = { kind: "copied", files: copied.map(({ from }) => from) };
      if (!(await changeDay(zone, table, known, { ...change, note }, { objects, now: () => now })))
        throw new Unequal(`${table} of ${day} was changed by somebody else meanwhile: copy again`);
      for (const { path } of remove) await removal.remove(zone, path);
    }
    await this.#records.add(table, day, copied, Date.now());
  }

  async keep(_unit: unknown, _portion: number, messages: Parameters<LakeDestination["keep"]>[2]) {
    const { objects, places } = this.#lake;
    const made: string[] = [];
    const checked: ObjectStore = {
      ...objects,
      async create(bucket, key, bytes, metadata) {
        const isNew = await objects.create(bucket, key, bytes, metadata);
        if (Buffer.compare(await objects.read(bucket, key), bytes) !== 0)
          throw new Unequal(`${bucket}/${key} is not what was sent`);
        made.push(key);
        return isNew;
      },
    };
    await rawZone(checked, places.raw).keep(messages);
    return made;
  }

  #zone(table: string): string {
    const { curated, quarantine } = this.#lake.places;
    return table === quarantineTable.name ? quarantine : curated;
  }
}
