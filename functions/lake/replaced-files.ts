/** New files of a day in the place of former ones, by one record, so that a reader has the day's rows before or after. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { MissingObject } from "../missing-object.ts";
import type { ObjectRemoval, ObjectStore } from "../ports.ts";
import { changedName } from "./changed-name.ts";
import { changeDay, type Change } from "./day-change.ts";
import type { DayFiles, LakeReading } from "./day-files.ts";
import { dayFolder } from "./day-record.ts";
import { markEmptied } from "./emptied-hours.ts";
import type { FileHere } from "./fetched-files.ts";

export interface Replacement extends Pick<Change, "by" | "note"> {
  readonly container: string;
  readonly table: string;
  /** The day, as it was looked at. */
  readonly known: DayFiles;
  /** Milliseconds since 1970 of the start of whoever replaces: new files are named by it. */
  readonly run: number;
  /** What comes. */
  readonly fresh: readonly FileHere[];
  /** What goes. */
  readonly former: readonly FileHere[];
  /** What of a former file stays; null: nothing. */
  readonly rest: (file: FileHere) => Promise<Uint8Array | null>;
}

interface Replacing extends LakeReading {
  readonly objects: ObjectStore;
  readonly removal: ObjectRemoval;
  now(): number;
}

/** The day has changed since it was looked at. */
class Disturbed extends Error {}

const attempts = 5;
const hourLength = "hr=00/".length;

/** For {@link undisturbed}. What was put where the day has changed meanwhile is taken away again. */
export async function replaceFiles(
  { container, table, known, run, fresh, former, rest, by, note }: Replacement,
  ports: Replacing,
): Promise<void> {
  const { objects, removal } = ports;
  const { day, number } = known;
  const folder = dayFolder(table, day);
  const add: string[] = [];
  const put = async ({ name }: FileHere, bytes: Uint8Array): Promise<void> => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const path = `${name.slice(0, hourLength)}${changedName(sha256, `${run.toString(36)}-${number + 1}`)}`;
    await objects.create(container, `${folder}${path}`, bytes);
    add.push(path);
  };
  for (const file of fresh) await put(file, await readFile(file.path));
  for (const file of former) {
    const bytes = await rest(file);
    if (bytes !== null) await put(file, bytes);
  }
  const remove = former.map(({ name }) => name);
  const mark = (): Promise<void> => markEmptied(container, table, day, { add, remove }, ports);
  // Before, for whoever is ended behind the change; behind it, as a mark that came before may have been looked at too early.
  await mark();
  if (!(await changeDay(container, table, known, { add, remove, by, note }, ports))) {
    for (const name of add) await removal.remove(container, `${folder}${name}`);
    throw new Disturbed();
  }
  await mark();
  for (const name of remove) await removal.remove(container, `${folder}${name}`);
}

/** Begins anew where somebody else changes the same days. */
export async function undisturbed<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isAgain = error instanceof Disturbed || error instanceof MissingObject;
      if (!isAgain || attempt === attempts) throw error;
    }
  }
}
