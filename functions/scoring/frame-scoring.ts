/**
 * Models over files of frames that came to lie in the lake. A window may lie across files, which come in any order and more
 * than once: what is near a new file's samples is read with them, so that whichever file completes a window brings its
 * score, and the same window's score is the same message however often it is told.
 */
import { globTest } from "../core/dispatch.ts";
import type { Lane, Micros } from "../core/model.ts";
import { Scorer } from "../models/classifier.ts";
import { isChangedName } from "../lake/changed-name.ts";
import type { Metrics } from "../ports.ts";
import { Samples, type DeviceFrames, type FrameFiles } from "./frames.ts";
import { KnownScores } from "./known-scores.ts";
import type { LoadedModel } from "./loaded-models.ts";
import { scoreChannel, scorePayload } from "./score-message.ts";
import { around, concerns, isHistory, joined, windowLength, type Stretch } from "./stretches.ts";

/** A score on its way into the stream. */
export interface Score {
  readonly deviceId: string;
  readonly channel: string;
  readonly lane: Lane;
  readonly payload: Uint8Array;
}

export interface FrameScoringPorts {
  readonly files: FrameFiles;
  /** Resolves when the stream has all of them. Rejects where it does not take some. */
  readonly send: (scores: readonly Score[]) => Promise<void>;
  readonly metrics: Metrics;
  /** Milliseconds since 1970. */
  now(): number;
}

const rememberedWindows = 50_000;
const toldAtOnce = 2_000;

interface RunningModel extends LoadedModel {
  readonly length: Micros;
  readonly concerns: (device: string) => boolean;
  readonly known: KnownScores;
}

export class FrameScoring {
  readonly #models: readonly RunningModel[];
  readonly #ports: FrameScoringPorts;

  constructor(models: readonly LoadedModel[], ports: FrameScoringPorts) {
    this.#ports = ports;
    this.#models = models.map((model) => ({
      ...model,
      length: windowLength(model.classifier.shape),
      concerns: globTest(model.devices),
      known: new KnownScores(rememberedWindows),
    }));
  }

  /**
   * Scores what came with these files. Rejects where neighbours can't be read, or the stream takes nothing: all of it is to
   * come again then.
   *
   * @param keys of files; those of tables that no model knows are left out
   * @returns why a file could not be read, by its key; the others are scored
   */
  async score(keys: readonly string[]): Promise<ReadonlyMap<string, Error>> {
    const failed = new Map<string, Error>();
    // What took the place of others has landed before, in them.
    const news = new Set(keys.filter((key) => !isChangedName(key)));
    const byTable = Map.groupBy(news, (key) => key.slice(0, Math.max(0, key.indexOf("/"))));
    let windows = 0;
    for (const [table, own] of byTable) {
      const models = this.#models.filter((model) => model.table === table);
      if (models.length > 0) windows += await this.#scoreTable(table, own, models, failed);
    }
    this.#ports.metrics.put({ ScoredWindows: windows, UnreadableFrameFiles: failed.size });
    return failed;
  }

  async #scoreTable(
    table: string,
    keys: readonly string[],
    models: readonly RunningModel[],
    failed: Map<string, Error>,
  ): Promise<number> {
    const { files } = this.#ports;
    const axes = [...new Set(models.flatMap(({ classifier }) => classifier.shape.axes))];
    const wanted = (device: string): boolean => models.some((model) => model.concerns(device));
    const fresh: DeviceFrames[] = [];
    for (const key of keys) {
      const read = await files.read(key, axes).catch((error: Error) => error);
      if (read instanceof Error) failed.set(key, read);
      else fresh.push(...read.filter(({ device }) => wanted(device)));
    }
    const stretches = fresh.map(stretchOf).toSorted(inOrder);
    const longest = Math.max(...models.map(({ length }) => length));
    const places = joined(stretches, longest).map((stretch) => around(stretch, longest));
    const near = await files.near(table, places, axes, keys);
    const samples = new Samples([...fresh, ...near]);
    let windows = 0;
    let waiting: Told[] = [];
    const tell = async (): Promise<void> => {
      await this.#ports.send(waiting.map(({ score }) => score));
      for (const { remember } of waiting) remember();
      windows += waiting.length;
      waiting = [];
    };
    for (const model of models) {
      for (const stretch of joined(stretches, model.length)) {
        if (!model.concerns(stretch.device)) continue;
        waiting.push(...this.#scoresOf(model, stretch, samples));
        if (waiting.length >= toldAtOnce) await tell();
      }
    }
    if (waiting.length > 0) await tell();
    return windows;
  }

  #scoresOf(model: RunningModel, stretch: Stretch, samples: Samples): Told[] {
    const { size, axes } = model.classifier.shape;
    const { device } = stretch;
    const scorer = new Scorer(model.classifier);
    const told: Told[] = [];
    for (const [time, values] of samples.of(around(stretch, model.length), axes)) {
      const window = scorer.push(time, values);
      if (window === null || !concerns(stretch, window) || model.known.has(device, window.from)) continue;
      const score: Score = {
        deviceId: device,
        channel: scoreChannel(model),
        lane: isHistory(stretch, window, this.#ports.now() * 1_000) ? "offline" : "live",
        payload: scorePayload(model, window, size),
      };
      told.push({ score, remember: () => model.known.add(device, window.from) });
    }
    return told;
  }
}

/** A score, and what is to be done once it is told: one that the stream did not take is told again. */
interface Told {
  readonly score: Score;
  readonly remember: () => void;
}

const stretchOf = ({ device, isOffline, times }: DeviceFrames): Stretch => ({
  device,
  isOffline,
  from: times.reduce((least, time) => Math.min(least, time), Infinity),
  to: times.reduce((most, time) => Math.max(most, time), -Infinity),
});

const inOrder = (one: Stretch, other: Stretch): number =>
  Number(one.isOffline) - Number(other.isOffline) ||
  (one.device < other.device ? -1 : one.device > other.device ? 1 : one.from - other.from);
