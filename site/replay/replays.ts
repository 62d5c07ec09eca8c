/**
 * Messages of the raw zone through the decoder that is deployed now, one run at a time. Each portion is one commit of the
 * lake, and what the lake has already is not written again: a run that ended early is asked for again.
 */
import type { Profile } from "../../functions/core/profiles/profile.ts";
import { AnsweringThread } from "../answering-thread.ts";
import { formerCodec, modelVersion, scoreCodec } from "../../functions/scoring/score-message.ts";
import type { SegmentLog } from "../log/ingest-log.ts";
import type { ModelState } from "../scoring/model-scoring.ts";
import type { Scoring } from "../scoring/scoring.ts";
import type { DecoderSettings } from "../settings.ts";
import type { Lake } from "../store/lake.ts";
import type { ReplayedRows } from "../store/manifest.ts";
import type { Orphan } from "../store/orphans.ts";
import { rawFiles } from "./raw-files.ts";
import { ReplayRefusal, type ReplayRequest, type ReplayState } from "./replay-request.ts";
import { ReplayTally } from "./replay-tally.ts";
import type { DecodedPortion, NextPortion, ReplayThreadData } from "./replay-thread.ts";

export interface ReplaysParts {
  readonly tenant: string;
  readonly dataFolder: string;
  readonly keyFile: string;
  readonly lake: Pick<Lake, "flush" | "knownIds" | "noteOrphans" | "orphansAfter" | "replay" | "replays">;
  readonly log: Pick<SegmentLog, "endSegment">;
  readonly decoder: DecoderSettings;
  /** What scores samples; undefined while nothing does. */
  readonly scoring?: () => Pick<Scoring, "states" | "rescored" | "again"> | undefined;
}

/** Ids of messages that are remembered, and of which as many are loaded: as many as a decode worker has. */
const rememberedIds = 524_288;

/** Decodes one portion after the other. */
type ReplayThread = AnsweringThread<NextPortion, DecodedPortion>;

interface Run {
  readonly request: ReplayRequest;
  readonly run: number;
  readonly tally: ReplayTally;
  state: ReplayState["state"];
  bytes: number;
  totalBytes: number;
  error: string | null;
  thread: ReplayThread | null;
  ended: Promise<void>;
}

export class Replays {
  readonly #parts: ReplaysParts;
  #run: Run | null = null;
  readonly #stopped = Promise.withResolvers<never>();
  #isStopped = false;

  constructor(parts: ReplaysParts) {
    this.#parts = parts;
    this.#stopped.promise.catch(() => undefined);
  }

  /** `name@version` of the profiles that are deployed; of models the present version, whose scores are told anew. */
  get codecs(): readonly string[] {
    const former = new Set(this.#models.map(formerCodec));
    return (this.#parts.decoder.profiles as readonly Profile[])
      .filter(({ name }) => !former.has(name))
      .map(({ name, version }) => `${name}@${version}`)
      .toSorted();
  }

  get #models(): readonly Pick<ModelState, "name" | "sha256">[] {
    return this.#parts.scoring?.()?.states() ?? [];
  }

  /** The run at hand, else the last one since the site's start; null where there was none. */
  get state(): ReplayState | null {
    if (this.#run === null) return null;
    const { request, run, tally, state, bytes, totalBytes, error } = this.#run;
    return { ...request, run, state, bytes, totalBytes, counts: tally.counts, error };
  }

  /** What runs have changed so far, oldest first; also those before the site's start. */
  lineage(): Promise<readonly ReplayedRows[]> {
    return this.#parts.lake.replays();
  }

  /** Begins a run. Throws {@link ReplayRefusal}. */
  start(request: ReplayRequest): ReplayState {
    const { codecs } = this;
    if (!codecs.includes(request.codec))
      throw new ReplayRefusal(
        `codec: received ${request.codec}; allowed are the profiles that are deployed: ${codecs.join(", ") || "none"}. ` +
          "To replay with a newer one, raise its version in its file and deploy it: npm start",
      );
    if (this.#run?.state === "running")
      throw new ReplayRefusal(
        `a replay of ${this.#run.request.codec} runs since ${new Date(this.#run.run).toISOString()}: wait for its end`,
      );
    const run: Run = {
      request,
      run: Math.max(Date.now(), (this.#run?.run ?? 0) + 1),
      tally: new ReplayTally(),
      ...{ state: "running", bytes: 0, totalBytes: 0, error: null, thread: null, ended: Promise.resolve() },
    };
    this.#run = run;
    run.ended = this.#work(run).then(
      () => void (run.state = "done"),
      (error: Error) => {
        run.state = "failed";
        run.error = error.message;
      },
    );
    return this.state as ReplayState;
  }

  /** Resolves when the run at hand has ended, if there is one. */
  async ended(): Promise<void> {
    await this.#run?.ended;
  }

  /** The portion at hand is written, or not at all. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopped.reject(new Error("the replay was stopped"));
    await this.#run?.thread?.stop();
    await this.#run?.ended;
  }

  async #work(run: Run): Promise<void> {
    const { codec, dryRun } = run.request;
    const scoring = this.#parts.scoring?.();
    const model = this.#models.find((one) => `${scoreCodec(one)}@${modelVersion(one)}` === codec);
    if (scoring === undefined || model === undefined) {
      await this.#decode(run);
      if (scoring === undefined || dryRun) return;
      run.tally.add({ scores: await this.#unlessStopped(scoring.rescored(run.run)) });
      return;
    }
    // Scores are messages of the site's own: what they would be is told by the samples, not by what was told.
    const again = scoring.again(model.name, { ...run.request, run: run.run });
    const { scores, changes } = await this.#unlessStopped(again);
    run.tally.add({ messages: scores.after, scores: [scores], changes });
  }

  #unlessStopped<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#stopped.promise]);
  }

  async #decode(run: Run): Promise<void> {
    const { tenant, dataFolder, keyFile, lake, log, decoder } = this.#parts;
    const { from, to, codec, dryRun } = run.request;
    const [name = "", version = ""] = codec.split("@");
    // What came until now is to be among the raw files, and its rows in files of the lake.
    await log.endSegment();
    await lake.flush();
    const files = await rawFiles(dataFolder, from, to);
    run.totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const noted = await lake.noteOrphans(from, to);
    if (files.length === 0 && noted === 0) return;
    const knownIds = await lake.knownIds(rememberedIds, from);
    if (this.#isStopped) throw new Error("the replay was stopped");
    const limits = { from, to, knownIds, remembered: rememberedIds };
    const thread: ReplayThread = new AnsweringThread(new URL("./replay-thread.ts", import.meta.url), {
      workerData: { tenant, keyFile, decoder, codec: name, files, ...limits } satisfies ReplayThreadData,
      resourceLimits: { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 160 },
      ended: "the replay was stopped",
    });
    run.thread = thread;
    try {
      let orphans: readonly Orphan[] | undefined;
      let givenBack: readonly number[] = [];
      for (;;) {
        const decoded = await thread.ask({ givenBack, ...(orphans === undefined ? {} : { orphans }) });
        run.tally.decoded(decoded);
        const { portion } = decoded;
        givenBack = portion?.tables.map(({ block }) => block) ?? [];
        if (portion !== null) {
          const options = { run: { run: run.run, codec: name, version }, dryRun };
          run.tally.superseded(await lake.replay(portion, options));
        }
        run.bytes = decoded.bytes;
        if (portion !== null && orphans === undefined) continue;
        orphans = await lake.orphansAfter(orphans?.at(-1)?.number ?? 0);
        if (orphans.length === 0) return;
      }
    } finally {
      await thread.stop();
    }
  }
}
