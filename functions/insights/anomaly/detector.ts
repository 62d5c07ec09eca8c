import { bridged } from "../bridged.ts";
import { Baseline, type BaselineState } from "./baseline.ts";
import { Stuck, type StuckState } from "./stuck.ts";
import { Tail, type TailState } from "./tail.ts";

const warmUp = 150;
const mostRemembered = 6000;
/** It learns anew each time it has seen a quarter more, at least after 250 and at most after 2,000 values. */
const relearnShare = 0.25;
const relearnAtLeast = 250;
const relearnAtMost = 2000;
const defaultRisk = 3e-5;
/** A surprise is compared with what a share of the one before lets expect: neighbours err alike. */
const carriedOver = 0.8;
/** No measured value is. */
const beyondMeasure = 1e100;
/** Spreads that a surprise, or the mean of some, has to pass whatever the tails say. */
const leastSpike = 4;
const leastShift = 1.5;
/** Spreads that a surprise adds at most to the mean of the recent ones; a mean beyond `clippedMean` is of clipped ones. */
const clipAt = 8;
const clippedMean = 5;
/** Of values in a row that are off, so many teach how far is too far. */
const teaching = 12;
/** A level that has stayed for more values than these, and for more than a season, is the new one. */
const leastStay = 60;
/** Values that tell how a new level spreads. */
const spreading = 30;
/** Before that many values a season may not be known: its rise would look like a shift, its edges like spikes. */
const knownAfter = 500;
const caution = 2;

/** `spike`: one value far off. `shift`: a while of values on one side. `stuck`: a while without any change. */
export type AnomalyKind = "spike" | "shift" | "stuck";

export interface Judgement {
  /** What was expected; NaN while nothing is known yet. */
  readonly expected: number;
  /** How far from the usual, over what is too far: 1 and more is an anomaly. 0 while still learning. */
  readonly score: number;
  readonly kind: AnomalyKind | undefined;
}

export interface DetectorOptions {
  /** Share of usual values that may be called anomalies; default 3e-5. */
  readonly risk?: number;
}

/** Everything that a detector knows: one that is made of it goes on as the former one would have. */
export interface DetectorState {
  /** Values that it learns from, the newest last; NaN is a gap. */
  readonly seen: readonly number[];
  /** The last of them as they came. */
  readonly latest: readonly number[];
  /** Samples, and those of them that had a value. */
  readonly count: number;
  readonly known: number;
  readonly nextLearning: number;
  /** Null until it has learnt for the first time. */
  readonly baseline: BaselineState | null;
  readonly spikes: TailState;
  readonly shifts: TailState;
  readonly stuck: StuckState;
  readonly before: number;
  readonly recent: number;
  readonly shifted: number;
}

/**
 * Finds anomalies in one series, a value at a time and without labels. It learns season and spread by itself and judges
 * each value by how rare its surprise is for this series, and the mean of recent surprises likewise. What keeps coming
 * back becomes usual. Spikes are judged from the 150th value, with caution until the 500th and the third season, shifts from then on. Memory: at most the last 6,000 values.
 */
export class Detector {
  readonly #risk: number;
  readonly #stuck: Stuck;
  #seen: number[];
  /** The last ones as they came. */
  #latest: number[];
  /** Samples, and those of them that had a value. */
  #count: number;
  #known: number;
  #nextLearning: number;
  #baseline: Baseline | undefined;
  #spikes: Tail;
  #shifts: Tail;
  #before: number;
  #recent: number;
  #shifted: number;

  /** @param former one that it goes on from */
  constructor(options: DetectorOptions = {}, former?: DetectorState) {
    this.#risk = options.risk ?? defaultRisk;
    this.#stuck = new Stuck(former?.stuck);
    this.#seen = [...(former?.seen ?? [])];
    this.#latest = [...(former?.latest ?? [])];
    this.#count = former?.count ?? 0;
    this.#known = former?.known ?? 0;
    this.#nextLearning = former?.nextLearning ?? warmUp;
    this.#baseline = former?.baseline ? Baseline.of(former.baseline) : undefined;
    this.#spikes = new Tail(this.#risk, former?.spikes);
    this.#shifts = new Tail(this.#risk, former?.shifts);
    this.#before = former?.before ?? 0;
    this.#recent = former?.recent ?? 0;
    this.#shifted = former?.shifted ?? 0;
  }

  /** As it is now; what is pushed later doesn't change it. */
  get state(): DetectorState {
    return {
      seen: this.#seen.slice(-mostRemembered),
      latest: [...this.#latest],
      count: this.#count,
      known: this.#known,
      nextLearning: this.#nextLearning,
      baseline: this.#baseline?.state ?? null,
      spikes: this.#spikes.state,
      shifts: this.#shifts.state,
      stuck: this.#stuck.state,
      before: this.#before,
      recent: this.#recent,
      shifted: this.#shifted,
    };
  }

  /** @param value the next value; NaN (or beyond 1e100) is a gap: time passes, nothing is learnt. */
  push(value: number): Judgement {
    const baseline = this.#baseline;
    const expected = baseline?.expected ?? Number.NaN;
    if (!(Math.abs(value) < beyondMeasure)) {
      baseline?.skip();
      this.#remember(Number.NaN, Number.NaN);
      return { expected, score: 0, kind: undefined };
    }
    const stuck = this.#stuck.push(value);
    const judgement: Judgement = baseline
      ? this.#judge(baseline, value, stuck)
      : { expected, score: 0, kind: undefined };
    this.#remember(judgement.kind === "spike" ? expected : value, value);
    return judgement;
  }

  #judge(baseline: Baseline, value: number, stuck: number): Judgement {
    const { expected, scale } = baseline;
    const surprise = (value - expected) / scale;
    const change = Math.abs(surprise - carriedOver * this.#before);
    this.#before = surprise;
    const weight = 1 / Math.max(12, Math.min(baseline.period / 12, 48));
    this.#recent += weight * (Math.max(-clipAt, Math.min(clipAt, surprise)) - this.#recent);
    const mean = Math.abs(this.#recent);
    const known = this.#count >= Math.max(knownAfter, 3 * baseline.period);
    const spike =
      Math.min(change, Math.abs(surprise)) / Math.max(this.#spikes.limit, leastSpike) / (known ? 1 : caution);
    const shift = known ? mean / Math.max(this.#shifts.limit, leastShift) : 0;
    if (this.#shifted < teaching) this.#spikes.add(change);
    this.#shifts.add(mean);
    baseline.update(value);
    this.#settle(baseline, Math.max(spike, shift) >= 1, value - expected);
    const score = Math.max(spike, shift, stuck);
    const kind = score < 1 ? undefined : stuck >= 1 ? "stuck" : spike >= shift ? "spike" : "shift";
    return { expected, score, kind };
  }

  /** A level that has stayed for a season is the new one, however far: where surprises were clipped, as far as it is now. */
  #settle(baseline: Baseline, isOff: boolean, off: number): void {
    this.#shifted = isOff ? this.#shifted + 1 : 0;
    if (this.#shifted <= Math.max(leastStay, baseline.period)) return;
    baseline.accept(Math.abs(this.#recent) > clippedMean ? off : this.#recent * baseline.scale);
    // What looked like spikes to a series that stood still is what it learns from now.
    if (baseline.widen(spreadOf(this.#latest)))
      this.#seen.splice(-this.#latest.length, Infinity, ...this.#latest);
    this.#recent = 0;
    this.#shifted = 0;
  }

  #remember(value: number, came: number): void {
    this.#count++;
    this.#seen.push(value);
    this.#latest.push(came);
    if (this.#latest.length > spreading) this.#latest.shift();
    if (this.#seen.length > mostRemembered + relearnAtMost) this.#seen = this.#seen.slice(-mostRemembered);
    if (Number.isNaN(value) || ++this.#known < this.#nextLearning) return;
    const pause = Math.max(relearnAtLeast, this.#known * relearnShare);
    this.#nextLearning = this.#known + Math.min(pause, relearnAtMost);
    this.#learn(this.#seen.slice(-mostRemembered));
  }

  /**
   * What is learnt anew is shown once more what has been seen, where a level that stays is accepted as well: the spread would
   * grow on the way to it. With another season it has other tails. The level known now stays where what was seen, which
   * holds no spikes, leads far from it.
   */
  #learn(seen: readonly number[]): void {
    const known = this.#baseline?.period;
    const baseline = Baseline.learn(bridged(seen));
    if (baseline.period !== known) {
      this.#spikes = new Tail(this.#risk);
      this.#shifts = new Tail(this.#risk);
    }
    let away = 0;
    for (const [at, value] of seen.entries())
      if (Number.isNaN(value)) baseline.skip();
      else if (baseline.period === known) {
        away = Math.abs(value - baseline.expected) > clipAt * baseline.scale ? away + 1 : 0;
        if (away > Math.max(leastStay, baseline.period)) {
          baseline.accept(value - baseline.expected);
          baseline.widen(spreadOf(seen.slice(Math.max(0, at - spreading), at)));
        }
        baseline.update(value);
      } else this.#judge(baseline, value, 0);
    const off = (this.#baseline?.expected ?? baseline.expected) - baseline.expected;
    if (baseline.period === known && Math.abs(off) > clipAt * baseline.scale) baseline.accept(off);
    this.#baseline = baseline;
  }
}

/** Robust, by the steps between neighbours: a level that moves adds nothing. */
function spreadOf(values: readonly number[]): number {
  const steps = values.slice(1).map((value, i) => Math.abs(value - values[i]!));
  const sorted = steps.filter(Number.isFinite).toSorted((left, right) => left - right);
  return (sorted[sorted.length >> 1] ?? 0) * (1.4826 / Math.SQRT2);
}
