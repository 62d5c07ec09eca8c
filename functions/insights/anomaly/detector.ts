import { Baseline } from "./baseline.ts";
import { Stuck } from "./stuck.ts";
import { Tail } from "./tail.ts";

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

/**
 * Finds anomalies in one series, a value at a time and without labels. It learns season and spread by itself and judges
 * each value by how rare its surprise is for this series, and the mean of recent surprises likewise. What keeps coming
 * back becomes usual. Spikes are judged from the 150th value, with caution until the 500th and the third season, shifts from then on. Memory: at most the last 6,000 values.
 */
export class Detector {
  readonly #risk: number;
  readonly #stuck = new Stuck();
  #seen: number[] = [];
  #count = 0;
  #nextLearning = warmUp;
  #baseline: Baseline | undefined;
  #spikes: Tail;
  #shifts: Tail;
  #before = 0;
  #recent = 0;
  #shifted = 0;

  constructor(options: DetectorOptions = {}) {
    this.#risk = options.risk ?? defaultRisk;
    this.#spikes = new Tail(this.#risk);
    this.#shifts = new Tail(this.#risk);
  }

  /** @param value the next value; NaN (or beyond 1e100) is a gap: time passes, nothing is learnt. */
  push(value: number): Judgement {
    const baseline = this.#baseline;
    const expected = baseline?.expected ?? Number.NaN;
    if (!(Math.abs(value) < beyondMeasure)) {
      baseline?.update(expected);
      this.#remember(expected);
      return { expected, score: 0, kind: undefined };
    }
    const stuck = this.#stuck.push(value);
    const judgement: Judgement = baseline
      ? this.#judge(baseline, value, stuck)
      : { expected, score: 0, kind: undefined };
    this.#remember(judgement.kind === "spike" ? expected : value);
    return judgement;
  }

  #judge(baseline: Baseline, value: number, stuck: number): Judgement {
    const { expected, scale } = baseline;
    const surprise = (value - expected) / scale;
    const change = Math.abs(surprise - carriedOver * this.#before);
    this.#before = surprise;
    const weight = 1 / Math.max(12, Math.min(baseline.period / 12, 48));
    this.#recent += weight * (Math.max(-8, Math.min(8, surprise)) - this.#recent);
    const mean = Math.abs(this.#recent);
    const known = this.#count >= Math.max(knownAfter, 3 * baseline.period);
    const spike =
      Math.min(change, Math.abs(surprise)) / Math.max(this.#spikes.limit, leastSpike) / (known ? 1 : caution);
    const shift = known ? mean / Math.max(this.#shifts.limit, leastShift) : 0;
    this.#spikes.add(change);
    this.#shifts.add(mean);
    baseline.update(value);
    this.#settle(baseline, shift >= 1, scale);
    const score = Math.max(spike, shift, stuck);
    const kind = score < 1 ? undefined : stuck >= 1 ? "stuck" : spike >= shift ? "spike" : "shift";
    return { expected, score, kind };
  }

  /** A level that has stayed for a season is the new one. */
  #settle(baseline: Baseline, shifted: boolean, scale: number): void {
    this.#shifted = shifted ? this.#shifted + 1 : 0;
    if (this.#shifted <= Math.max(60, baseline.period)) return;
    baseline.accept(this.#recent * scale);
    this.#recent = 0;
    this.#shifted = 0;
  }

  #remember(value: number): void {
    this.#count++;
    if (!Number.isFinite(value)) return;
    this.#seen.push(value);
    if (this.#seen.length > mostRemembered + relearnAtMost) this.#seen = this.#seen.slice(-mostRemembered);
    if (this.#count < this.#nextLearning) return;
    const pause = Math.max(relearnAtLeast, this.#count * relearnShare);
    this.#nextLearning = this.#count + Math.min(pause, relearnAtMost);
    this.#learn(Float64Array.from(this.#seen.slice(-mostRemembered)));
  }

  /** A baseline with another season has other tails: it is shown once more what has been seen. */
  #learn(seen: Float64Array): void {
    const known = this.#baseline?.period;
    this.#baseline = Baseline.learn(seen);
    if (this.#baseline.period === known) return;
    this.#spikes = new Tail(this.#risk);
    this.#shifts = new Tail(this.#risk);
    const rehearsal = this.#baseline.rewound();
    for (const value of seen) this.#judge(rehearsal, value, 0);
  }
}
