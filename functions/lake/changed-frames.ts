/**
 * Which samples of frames a replay makes say something else, kept in the lake before it does: so that their windows are scored
 * anew, whoever is ended in between.
 */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { changedStretches } from "../adapters/duckdb-scores.ts";
import { inScratch } from "../adapters/duckdb-engine.ts";
import { manifestFolder } from "../agreements.ts";
import { nullIfMissing } from "../missing-object.ts";
import type { ObjectRemoval, ObjectStore } from "../ports.ts";
import type { Stretch } from "../scoring/stretches.ts";
import type { LakeReading } from "./day-files.ts";
import { dayFolder, readRecord, recordAt, recordKey, recordsOf, type DayRecord } from "./day-record.ts";

const notes = `${manifestFolder}/rescoring/`;
const noted = z.object({
  format: z.literal(1),
  /** Of the record that made them so, or was to. */
  record: z.string(),
  stretches: z.array(
    z.object({ device: z.string(), isOffline: z.boolean(), from: z.number(), to: z.number() }),
  ),
});

/**
 * An object store that looks at each record of a replay before it is made, and notes what it changes of these tables. The files
 * that go and those that come are there at that moment.
 *
 * @param memory as DuckDB has it
 */
export function notingFrames(objects: ObjectStore, tables: ReadonlySet<string>, memory: string): ObjectStore {
  return {
    read: (container, key) => objects.read(container, key),
    async create(container, key, bytes, metadata) {
      const table = [...tables].find((name) => key.startsWith(recordsOf(name)));
      const record = table === undefined || recordAt(key) === null ? null : readRecord(key, bytes);
      if (table !== undefined && record?.note["kind"] === "replayed") {
        const stretches = await changedBy(objects, container, table, key, record, memory);
        const note = Buffer.from(JSON.stringify({ format: 1, record: key, stretches }));
        const sha256 = createHash("sha256").update(note).digest("hex");
        if (stretches.length > 0) await objects.create(container, `${notes}${table}/${sha256}.json`, note);
      }
      return objects.create(container, key, bytes, metadata);
    },
  };
}

async function changedBy(
  objects: ObjectStore,
  container: string,
  table: string,
  key: string,
  record: DayRecord,
  memory: string,
): Promise<readonly Stretch[]> {
  const { day, number } = recordAt(key) ?? { day: "", number: 0 };
  const before = number <= 1 ? null : recordKey(table, day, number - 1);
  const former = before === null ? null : readRecord(before, await objects.read(container, before));
  const without = (all: readonly string[], known: readonly string[] = []) =>
    all.filter((path) => !known.includes(path));
  return inScratch("frames", memory, async (connection, folder) => {
    let count = 0;
    const fetch = async (paths: readonly string[]): Promise<string[]> => {
      const here: string[] = [];
      for (const path of paths) {
        const bytes = await objects.read(container, `${dayFolder(table, day)}${path}`).catch(nullIfMissing);
        if (bytes === null) continue;
        here.push(join(folder, `${count++}.parquet`));
        await writeFile(here.at(-1)!, bytes);
      }
      return here;
    };
    const gone = await fetch(without(record.gone, former?.gone));
    const come = await fetch(without(record.files, former?.files));
    return changedStretches(connection, gone, come);
  });
}

export interface NotedFrames {
  readonly stretches: readonly Stretch[];
  /** What the notes lie under. */
  readonly keys: readonly string[];
}

/** Throws an Error that names a note which is none. */
export async function notedFrames(
  container: string,
  table: string,
  { objects, list }: LakeReading,
): Promise<NotedFrames> {
  const keys = (await list.all(container, `${notes}${table}/`)).map(({ key }) => key);
  const stretches: Stretch[] = [];
  for (const key of keys) {
    const read = noted.safeParse(JSON.parse(new TextDecoder().decode(await objects.read(container, key))));
    if (!read.success) throw new Error(`${key} of the lake is damaged: ${read.error.message}`);
    stretches.push(...read.data.stretches);
  }
  return { stretches, keys };
}

export async function forgetNotes(
  container: string,
  keys: readonly string[],
  removal: ObjectRemoval,
): Promise<void> {
  for (const key of keys) await removal.remove(container, key);
}
