/** A model over samples that a cloud's lake has had for a while: what it tells of them now takes the place of what was told. */
import { createHash } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import { inScratch } from "../adapters/duckdb-engine.ts";
import { arrivedStretches, samplesIn, toldIn } from "../adapters/duckdb-scores.ts";
import { globTest } from "../core/dispatch.ts";
import type { Micros } from "../core/model.ts";
import { Scorer, type Prediction } from "../models/classifier.ts";
import type { LoadedModel } from "../scoring/loaded-models.ts";
import {
  WindowComparison,
  type Rescored,
  type RescoredWindows,
  type ToldScore,
} from "../scoring/rescoring.ts";
import { formerCodec, scoreCodec, scoreMetrics } from "../scoring/score-message.ts";
import { around, longestWindow, piecesOf, windowLength, type Stretch } from "../scoring/stretches.ts";
import { dayFiles, daysWith } from "./day-files.ts";
import { FetchedFiles } from "./fetched-files.ts";
import type { LakeReplayOptions, LakeReplayPorts } from "./replay-options.ts";
import { undisturbed } from "./replaced-files.ts";
import { replaceScores, type ScoreChange } from "./score-files.ts";

export type RescoringPorts = Pick<LakeReplayPorts, "objects" | "removal" | "list" | "memory" | "now">;
export type RescoringOptions = Pick<LakeReplayOptions, "tenant" | "run" | "dryRun" | "files">;

export interface RescoredLake extends RescoredWindows {
  /** Records that were made or, with a dry run, would be. */
  readonly changes: number;
}

const dayMicros: Micros = 86_400_000_000;

/** Ended in the middle, the same call does the rest. */
export async function rescoreLake(
  curated: string,
  model: LoadedModel,
  stretches: readonly Stretch[],
  options: RescoringOptions,
  ports: RescoringPorts,
): Promise<RescoredLake> {
  const concerns = globTest(model.devices);
  const own = stretches.filter(({ device }) => concerns(device));
  const pieces = piecesOf(own, windowLength(model.classifier.shape));
  // A day's files are fetched once, whatever its devices.
  const byDay = Map.groupBy(pieces, ({ from }) => Math.floor(from / dayMicros));
  const sum = { before: 0, after: 0, same: 0, changes: 0 };
  const { size } = model.classifier.shape;
  let compared = new WindowComparison(model, size, options.tenant);
  for (const [, some] of [...byDay].sort(([one], [other]) => one - other)) {
    const done = await undisturbed(async () => {
      const comparison = new WindowComparison(model, size, options.tenant, compared);
      return { ...(await rescoreDay({ curated, model, options, ports }, some, comparison)), comparison };
    });
    compared = done.comparison;
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += done[name];
  }
  return sum;
}

/** Samples that arrived in [from, to), as stretches. */
export async function arrivedFrames(
  curated: string,
  table: string,
  { from, to }: { readonly from: Micros; readonly to: Micros },
  ports: RescoringPorts,
): Promise<readonly Stretch[]> {
  // No file is older than its rows; a store's clock and a stream's are not the same.
  const since = from / 1_000 - 3_600_000;
  const days = await daysWith(curated, table, ports.list, ({ modifiedMs }) => modifiedMs >= since);
  const found: Stretch[] = [];
  for (const day of days)
    await inScratch("scores", ports.memory, async (connection, folder) => {
      const here = await new FetchedFiles(folder, ports.objects).of(
        curated,
        table,
        await dayFiles(curated, table, [day], ports),
      );
      found.push(
        ...(await arrivedStretches(
          connection,
          here.map(({ path }) => path),
          { from, to },
        )),
      );
    });
  return found;
}

interface Rescoring {
  readonly curated: string;
  readonly model: LoadedModel;
  readonly options: RescoringOptions;
  readonly ports: RescoringPorts;
}

async function rescoreDay(
  { curated, model, options, ports }: Rescoring,
  pieces: readonly Stretch[],
  comparison: WindowComparison,
): Promise<RescoredLake> {
  const length = windowLength(model.classifier.shape);
  const from = pieces.reduce((least, piece) => Math.min(least, piece.from), Infinity) - length;
  const to = pieces.reduce((most, piece) => Math.max(most, piece.to), -Infinity) + longestWindow;
  return inScratch("scores", ports.memory, async (connection, folder) => {
    const fetched = new FetchedFiles(folder, ports.objects);
    const of = async (table: string) => {
      const days = await dayFiles(curated, table, daysBetween(from, to), ports);
      return { days, here: await fetched.of(curated, table, days) };
    };
    const [frames, readings] = [await of(model.table), await of("readings")];
    const framePaths = frames.here.map(({ path }) => path);
    const counts = { before: 0, after: 0, same: 0 };
    const fresh: Rescored["fresh"][number][] = [];
    const struck: ToldScore[] = [];
    const { restsOn } = scoreMetrics(model);
    const codecs = [scoreCodec(model), formerCodec(model)];
    for (const piece of pieces) {
      const windows = await windowsIn(connection, framePaths, model, around(piece, length));
      const place = { ...piece, to: piece.to + longestWindow };
      const told = await toldIn(
        connection,
        readings.here.map(({ path }) => path),
        { restsOn, codecs },
        place,
      );
      const found = comparison.compare(piece, windows, told, ports.now() * 1_000);
      for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += found[name];
      fresh.push(...found.fresh);
      struck.push(...found.struck);
    }
    const sources = frames.here.map(({ day, name }) => `${day}/${name}`).sort();
    const basis = createHash("sha256").update(sources.join("\n")).digest("hex");
    const change: ScoreChange = {
      ...{ curated, model, messages: fresh.map(({ message }) => message), struck },
      ...{ ...readings, note: { frames: basis, files: sources.length } },
    };
    const changes = await replaceScores(change, connection, folder, options, ports);
    return { ...counts, changes };
  });
}

async function windowsIn(
  connection: DuckDBConnection,
  paths: readonly string[],
  { classifier }: LoadedModel,
  place: Stretch,
): Promise<Prediction[]> {
  const scorer = new Scorer(classifier);
  const windows: Prediction[] = [];
  for await (const [time, values] of samplesIn(connection, paths, classifier.shape.axes, place)) {
    const window = scorer.push(time, values);
    if (window !== null) windows.push(window);
  }
  return windows;
}

function daysBetween(from: Micros, to: Micros): string[] {
  const days: string[] = [];
  for (let at = Math.floor(from / dayMicros) * dayMicros; at <= to; at += dayMicros)
    days.push(new Date(at / 1_000).toISOString().slice(0, 10));
  return days;
}
