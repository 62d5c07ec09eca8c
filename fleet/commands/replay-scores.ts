/** What a stack's models make of a cloud's samples again: those that a replay changed, or all of a time. */
import { readFile } from "node:fs/promises";
import type { Micros } from "../../functions/core/model.ts";
import { forgetNotes, notedFrames, notingFrames } from "../../functions/lake/changed-frames.ts";
import { arrivedFrames, rescoreLake, type RescoringOptions } from "../../functions/lake/rescoring.ts";
import { withStep } from "../../functions/models/classifier.ts";
import { deployScoring, type DeployedModel } from "../../functions/scoring/deployed.ts";
import type { LoadedModel } from "../../functions/scoring/loaded-models.ts";
import { unpackModel } from "../../functions/scoring/model-file.ts";
import { modelVersion, scoreCodec } from "../../functions/scoring/score-message.ts";
import type { Stretch } from "../../functions/scoring/stretches.ts";
import type { RescoredByModel } from "../../site/replay/replay-request.ts";
import { readProfiles } from "../../profiles/read.ts";
import { ReplayTally } from "../../site/replay/replay-tally.ts";
import type { Config } from "../../config.ts";
import { CommandError, exitCodes, messageOf } from "../errors.ts";
import type { CommandContext } from "./context.ts";
import { filesOf, type LakeStore } from "./lake-store.ts";
import { print, type ReplayOptions } from "./replay.ts";

const memory = "1GB";

export class StackScores {
  readonly #models: readonly DeployedModel[];
  readonly #curated: string;
  readonly #store: LakeStore;
  readonly #options: RescoringOptions;

  private constructor(
    models: readonly DeployedModel[],
    curated: string,
    store: LakeStore,
    options: RescoringOptions,
  ) {
    this.#models = models;
    this.#curated = curated;
    this.#store = store;
    this.#options = options;
  }

  /** Of the models as this folder has them. @param curated where the lake's curated zone is */
  static async of(config: Config, curated: string, store: LakeStore, dryRun: boolean): Promise<StackScores> {
    const profiles = await readProfiles(config.profiles, config.trustedCodecs);
    const { scoring } = await deployScoring(config, profiles);
    const options = { tenant: config.environment, run: Date.now(), dryRun, files: filesOf(config) };
    return new StackScores(scoring.models, curated, store, options);
  }

  /** The store, for a replay: what it changes of the models' samples is noted there before it is changed. */
  get store(): LakeStore {
    const tables = new Set(this.#models.map(({ table }) => table));
    if (tables.size === 0) return this.#store;
    return { ...this.#store, objects: notingFrames(this.#store.objects, tables, memory) };
  }

  /** The model whose scores a codec, `name@version`, reads; undefined for any other codec. */
  modelOf(codec: string): DeployedModel | undefined {
    return this.#models.find((model) => `${scoreCodec(model)}@${modelVersion(model)}` === codec);
  }

  /** Samples that replays changed, also those of a run that was ended before its scores. */
  async replayed(): Promise<readonly RescoredByModel[]> {
    if (this.#options.dryRun) return [];
    const scores: RescoredByModel[] = [];
    for (const [table, models] of Map.groupBy(this.#models, (model) => model.table)) {
      const { stretches, keys } = await notedFrames(this.#curated, table, this.#store);
      for (const model of keys.length === 0 ? [] : models)
        scores.push((await this.#score(model, stretches)).scores);
      await forgetNotes(this.#curated, keys, this.#store.removal);
    }
    return scores;
  }

  /** Samples that arrived in [from, to), whichever version told of them before; says what became of their scores. */
  async again(
    model: DeployedModel,
    { codec, from, to, dryRun = false, json }: ReplayOptions & { readonly to: Micros },
    terminal: CommandContext["terminal"],
  ): Promise<void> {
    const tally = new ReplayTally();
    try {
      const ports = { ...this.#store, memory, now: Date.now };
      const stretches = await arrivedFrames(this.#curated, model.table, { from, to }, ports);
      const { scores, changes } = await this.#score(model, stretches);
      tally.add({ messages: scores.after, scores: [scores], changes });
    } catch (error) {
      throw new CommandError(
        `the scoring ended early: ${messageOf(error)}`,
        exitCodes.failed,
        "what it had replaced stays; the same command does the rest",
      );
    }
    const { counts } = tally;
    if (json === true) terminal.write(`${JSON.stringify({ codec, from, to, dryRun, counts }, null, 2)}\n`);
    else print({ codec, dryRun, counts }, terminal);
  }

  async #score(deployed: DeployedModel, stretches: readonly Stretch[]) {
    const model = await loaded(deployed);
    const ports = { ...this.#store, memory, now: Date.now };
    const done = await rescoreLake(this.#curated, model, stretches, this.#options, ports);
    const { changes, ...counts } = done;
    return { scores: { model: model.name, version: modelVersion(model), ...counts }, changes };
  }
}

async function loaded(model: DeployedModel): Promise<LoadedModel> {
  const { classifier } = unpackModel(await readFile(model.file));
  return { ...model, classifier: withStep(classifier, model.stepSeconds) };
}
