/** Scores that come and scores that go, as changes of the days of readings: a record each. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { strike, struckRows, withoutStruck } from "../adapters/duckdb-scores.ts";
import { readingsBlock } from "../core/columns.ts";
import type { Message } from "../core/model.ts";
import { readingsTable } from "../core/table.ts";
import { scoreDecoder, type ToldScore } from "../scoring/rescoring.ts";
import { modelVersion, scoreCodec, type ScoringModel } from "../scoring/score-message.ts";
import { dayFiles, type DayFiles } from "./day-files.ts";
import type { FileHere } from "./fetched-files.ts";
import { FreshFiles } from "./fresh-files.ts";
import { replaceFiles } from "./replaced-files.ts";
import type { RescoringOptions, RescoringPorts } from "./rescoring.ts";

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

const table = readingsTable.name;

/** For `undisturbed`. @returns records that were made or, with a dry run, would be */
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
  const fresh = await filesOf(model, tenant, messages, folder, curated, files.codec);
  const touched = new Set([
    ...fresh.map(({ day }) => day),
    ...here.filter(({ path }) => former.has(path)).map(({ day }) => day),
  ]);
  if (dryRun) return touched.size;
  const codec = { name: scoreCodec(model), version: modelVersion(model) };
  const of = { messages: messages.length, struck: struck.length };
  for (const day of [...touched].sort()) {
    const known = days.find((one) => one.day === day) ?? (await dayFiles(curated, table, [day], ports))[0]!;
    await replaceFiles(
      {
        ...{ container: curated, table, known, run },
        fresh: fresh.filter((file) => file.day === day),
        former: here.filter((file) => file.day === day && former.has(file.path)),
        rest: ({ path }) => withoutStruck(connection, path, folder, files),
        by: `scores ${run} ${model.name} ${ports.now()}`,
        note: { kind: "scored", run, codec, model: model.sha256, ...of, ...note },
      },
      ports,
    );
  }
  return touched.size;
}

async function filesOf(
  model: ScoringModel,
  tenant: string,
  messages: readonly Message[],
  folder: string,
  curated: string,
  codec: RescoringOptions["files"]["codec"],
): Promise<readonly FileHere[]> {
  if (messages.length === 0) return [];
  const fresh = new FreshFiles(folder, { curated, quarantine: curated }, codec);
  const { readings } = scoreDecoder(model, tenant).decode(messages);
  await fresh.curated.write(readingsBlock(readings));
  return fresh.all;
}
