/** Scores that come and scores that go, as changes of the days of readings: a record each. */
import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import { strike, struckRows, withoutStruck } from "../adapters/duckdb-scores.ts";
import { parquetSink } from "../adapters/lake.ts";
import { readingsBlock } from "../core/columns.ts";
import type { Message } from "../core/model.ts";
import { readingsTable } from "../core/table.ts";
import { scoreDecoder, type ToldScore } from "../scoring/rescoring.ts";
import { modelVersion, scoreCodec, type ScoringModel } from "../scoring/score-message.ts";
import { changedName } from "./changed-name.ts";
import { changeDay } from "./day-change.ts";
import { dayFiles, type DayFiles } from "./day-files.ts";
import { dayFolder } from "./day-record.ts";
import type { FileHere } from "./fetched-files.ts";
import type { RescoringOptions, RescoringPorts } from "./rescoring.ts";

/** The day has changed since it was looked at. */
export class Disturbed extends Error {}

export interface ScoreChange {
  readonly curated: string;
  readonly model: ScoringModel;
  readonly messages: readonly Message[];
  readonly struck: readonly ToldScore[];
  /** Of the readings: as they were looked at, and their files on this machine. */
  readonly days: readonly DayFiles[];
  readonly here: readonly FileHere[];
  /** What the scores rest on, for the lineage. */
  readonly note: Readonly<Record<string, unknown>>;
}

interface FreshFile {
  readonly day: string;
  /** `hr=07/` */
  readonly hour: string;
  readonly bytes: Uint8Array;
}

const table = readingsTable.name;

/** Throws {@link Disturbed}. @returns records that were made or, with a dry run, would be */
export async function replaceScores(
  { curated, model, messages, struck, days, here, note }: ScoreChange,
  connection: DuckDBConnection,
  folder: string,
  { tenant, run, dryRun, files }: RescoringOptions,
  ports: RescoringPorts,
): Promise<number> {
  if (messages.length + struck.length === 0) return 0;
  await strike(connection, struck);
  const former = await struckRows(
    connection,
    here.map(({ path }) => path),
  );
  const fresh = await filesOf(model, tenant, messages, files.codec);
  const touched = new Set([
    ...fresh.map(({ day }) => day),
    ...here.filter(({ path }) => former.has(path)).map(({ day }) => day),
  ]);
  if (dryRun) return touched.size;
  const { objects, removal, now } = ports;
  for (const day of [...touched].sort()) {
    const known = days.find((one) => one.day === day) ?? (await dayFiles(curated, table, [day], ports))[0]!;
    const below = dayFolder(table, day);
    const add: string[] = [];
    const put = async (hour: string, bytes: Uint8Array): Promise<void> => {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const path = `${hour}${changedName(sha256, `${run.toString(36)}-${known.number + 1}`)}`;
      await objects.create(curated, `${below}${path}`, bytes);
      add.push(path);
    };
    for (const file of fresh.filter((one) => one.day === day)) await put(file.hour, file.bytes);
    const old = here.filter((file) => file.day === day && former.has(file.path));
    for (const { path, name } of old) {
      const rest = await withoutStruck(connection, path, folder, files);
      if (rest !== null) await put(name.slice(0, "hr=00/".length), rest);
    }
    const remove = old.map(({ name }) => name);
    const codec = { name: scoreCodec(model), version: modelVersion(model) };
    const of = { messages: messages.length, struck: struck.length };
    const change = {
      ...{ add, remove, by: `scores ${run} ${model.name} ${now()}` },
      note: { kind: "scored", run, codec, model: model.sha256, ...of, ...note },
    };
    if (!(await changeDay(curated, table, known, change, ports))) {
      for (const name of add) await removal.remove(curated, `${below}${name}`);
      throw new Disturbed();
    }
    for (const name of remove) await removal.remove(curated, `${below}${name}`);
  }
  return touched.size;
}

async function filesOf(
  model: ScoringModel,
  tenant: string,
  messages: readonly Message[],
  codec: RescoringOptions["files"]["codec"],
): Promise<readonly FreshFile[]> {
  if (messages.length === 0) return [];
  const files: FreshFile[] = [];
  const { readings } = scoreDecoder(model, tenant).decode(messages);
  const store = {
    create: async (_container: string, key: string, bytes: Uint8Array) => {
      const [, day = "", hour = ""] = /\/dt=([^/]+)\/(hr=\d\d\/)/.exec(key) ?? [];
      files.push({ day, hour, bytes });
      return true;
    },
    read: () => Promise.reject(new Error("what is new is not read")),
  };
  await parquetSink(store, "curated", "hex", codec).write(readingsBlock(readings));
  return files;
}
