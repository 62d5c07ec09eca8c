/**
 * Scores of samples that have changed since, or that another version of the model told: what the lake has of them beside what
 * the present model tells now. The same samples and model give the same scores, by id: what is compared again is the same.
 */
import { createDecoder, type Decoder } from "../core/decoder.ts";
import type { Lane, Message, Micros } from "../core/model.ts";
import { toHex } from "../core/text.ts";
import type { Prediction } from "../models/classifier.ts";
import { nodePorts } from "../platform.ts";
import {
  scoreBindings,
  scoreChannel,
  scorePayload,
  scoreProfiles,
  type ScoringModel,
} from "./score-message.ts";
import { concerns, isHistory, type Stretch } from "./stretches.ts";

/** A score that the lake has, of whichever version. */
export interface ToldScore {
  readonly deviceId: string;
  /** Of its rows, hex. */
  readonly msgId: string;
  readonly arrival: Micros;
  readonly lane: Lane;
  /** Of its window's first and last sample. */
  readonly from: Micros;
  readonly to: Micros;
}

/** Windows, each counted once. */
export interface RescoredWindows {
  /** That the lake had scores of, those of former versions counted by themselves. */
  readonly before: number;
  readonly after: number;
  /** Of `after`: told as they were. */
  readonly same: number;
}

export interface Rescored extends RescoredWindows {
  /** Scores that the lake does not have, as messages of their devices; the time of each window's first sample. */
  readonly fresh: readonly { readonly message: Message; readonly from: Micros }[];
  /** Scores that hold no more. */
  readonly struck: readonly ToldScore[];
}

const century = 3_155_760_000;

/** Decodes a model's scores as the stream does; a window's time is right however long ago it was. */
export const scoreDecoder = (model: ScoringModel, tenant: string): Pick<Decoder, "decode" | "decodeInto"> =>
  createDecoder(scoreProfiles(model), scoreBindings(model), {
    ...nodePorts,
    ...{ tenant, clockWindow: { behind: century, ahead: century } },
  });

/** How far a device's windows were compared: the last one, and scores that reach beyond the stretch before. */
interface Reached {
  readonly window: Micros;
  readonly met: ReadonlySet<string>;
}

/** Compares one model's windows, stretch by stretch: those of a device in order, oldest first. */
export class WindowComparison {
  readonly #model: ScoringModel;
  readonly #size: number;
  readonly #tenant: string;
  readonly #decoder: Pick<Decoder, "decode">;
  readonly #reached: Map<string, Reached>;

  /** @param size samples of a window @param former that it goes on from */
  constructor(model: ScoringModel, size: number, tenant: string, former?: WindowComparison) {
    this.#model = model;
    this.#size = size;
    this.#tenant = tenant;
    this.#decoder = scoreDecoder(model, tenant);
    this.#reached = new Map(former === undefined ? [] : former.#reached);
  }

  /**
   * @param windows that the model tells of samples around the stretch
   * @param told scores around it
   * @param now arrival of what no score was there for
   */
  compare(
    stretch: Stretch,
    windows: readonly Prediction[],
    told: readonly ToldScore[],
    now: Micros,
  ): Rescored {
    const { window: reached, met } = this.#reached.get(stretch.device) ?? nothing;
    const here = told.filter(({ from, to }) => to >= stretch.from && from <= stretch.to);
    const own = windows.filter((window) => concerns(stretch, window) && window.to > reached);
    const formerly = new Map(here.map((score) => [score.to, score]));
    const known = new Set(here.map(({ msgId }) => msgId));
    const valid = new Set<string>();
    const fresh: Rescored["fresh"][number][] = [];
    for (const window of own) {
      const message = this.#messageOf(window, stretch, formerly.get(window.to), now);
      const id = this.#idOf(message);
      valid.add(id);
      if (!known.has(id)) fresh.push({ message, from: window.from });
    }
    const unmet = here.filter(({ msgId }) => !met.has(msgId));
    const struck = unmet.filter(({ msgId }) => !valid.has(msgId));
    this.#reached.set(stretch.device, {
      window: own.reduce((latest, { to }) => Math.max(latest, to), reached),
      met: new Set(here.filter(({ to }) => to > stretch.to).map(({ msgId }) => msgId)),
    });
    const before = new Set(unmet.map(({ msgId }) => msgId)).size;
    return { fresh, struck, before, after: own.length, same: own.length - fresh.length };
  }

  /** A score that takes another one's place has its arrival: it is no news. */
  #messageOf(window: Prediction, stretch: Stretch, former: ToldScore | undefined, now: Micros): Message {
    const lane = isHistory(stretch, window, now) ? "offline" : "live";
    return {
      ...{ tenant: this.#tenant, deviceId: stretch.device, channel: scoreChannel(this.#model) },
      payload: scorePayload(this.#model, window, this.#size),
      position: `${this.#model.sha256}:${window.from}`,
      ...{ receivedAt: former?.arrival ?? now, lane: former?.lane ?? lane },
    };
  }

  #idOf(message: Message): string {
    const [row] = this.#decoder.decode([message]).readings;
    if (row === undefined) throw new Error(`a score of ${this.#model.name} can't be decoded`);
    return toHex(row.msgId);
  }
}

/** Reads what a score says that it rests on; null where it is none of ours. */
export function windowOf(restsOn: string): Pick<ToldScore, "from" | "to"> | null {
  const [, from, to] = /"from":"([^"]{27})","to":"([^"]{27})"/.exec(restsOn) ?? [];
  return from === undefined || to === undefined ? null : { from: microsOf(from), to: microsOf(to) };
}

const nothing: Reached = { window: -Infinity, met: new Set() };
/** Of six digits of fraction, which a Date has three of. */
const microsOf = (iso: string): Micros =>
  Date.parse(`${iso.slice(0, 23)}Z`) * 1_000 + Number(iso.slice(23, 26));
