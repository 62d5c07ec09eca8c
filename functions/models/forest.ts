/**
 * Extremely randomised trees (Geurts, Ernst, Wehenkel: "Extremely randomized trees", Machine Learning 63, 2006): each node
 * tries a random threshold for some random features and takes the best. The same data and seed give the same forest.
 */

/** Nodes of a tree side by side; the first is the root. */
export interface Tree {
  /** Feature that a node asks for; -1 in a leaf. */
  readonly feature: Int32Array;
  /** A value at or below it goes left. */
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Of each class, in a leaf: `classes` numbers a node. */
  readonly shares: Float32Array;
}

export interface Forest {
  readonly classes: number;
  readonly features: number;
  readonly trees: readonly Tree[];
}

export interface ForestOptions {
  readonly trees: number;
  readonly seed: number;
  /** Nodes with fewer samples are leaves. Default 2. */
  readonly leastSamples?: number;
}

/** mulberry32, in the public domain by Tommy Ettinger: 32 bits of state, enough to shuffle and not to keep secrets. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * @param rows features of each sample
 * @param labels class of each, from 0
 * Throws RangeError where there is nothing to learn from.
 */
export function trainForest(
  rows: readonly Float32Array[],
  labels: readonly number[],
  classes: number,
  { trees, seed, leastSamples = 2 }: ForestOptions,
): Forest {
  const features = rows[0]?.length ?? 0;
  if (features === 0 || rows.length !== labels.length)
    throw new RangeError("no samples, or not a label for each");
  const random = randomNumbers(seed);
  const grow = (): Tree => new TreeBuilder(rows, labels, classes, leastSamples, random).build();
  return { classes, features, trees: Array.from({ length: trees }, grow) };
}

/** Share of the votes of each class. */
export function classShares({ classes, trees }: Forest, row: Float32Array): Float32Array {
  const sums = new Float64Array(classes);
  for (const { feature, threshold, left, right, shares } of trees) {
    let node = 0;
    while (feature[node]! >= 0) node = row[feature[node]!]! <= threshold[node]! ? left[node]! : right[node]!;
    for (let label = 0; label < classes; label++) sums[label]! += shares[node * classes + label]!;
  }
  return Float32Array.from(sums, (sum) => sum / trees.length);
}

interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly score: number;
}

class TreeBuilder {
  readonly #rows: readonly Float32Array[];
  readonly #labels: readonly number[];
  readonly #classes: number;
  readonly #leastSamples: number;
  readonly #random: () => number;
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #shares: number[] = [];

  constructor(
    rows: readonly Float32Array[],
    labels: readonly number[],
    classes: number,
    leastSamples: number,
    random: () => number,
  ) {
    this.#rows = rows;
    this.#labels = labels;
    this.#classes = classes;
    this.#leastSamples = leastSamples;
    this.#random = random;
  }

  build(): Tree {
    const open: { samples: readonly number[]; link: (node: number) => void }[] = [
      { samples: this.#rows.map((_, index) => index), link: () => undefined },
    ];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { samples, link } = next;
      const counts = this.#counts(samples);
      const split = this.#split(samples, counts);
      const node = this.#feature.length;
      link(node);
      this.#feature.push(split?.feature ?? -1);
      this.#threshold.push(split?.threshold ?? 0);
      this.#left.push(0);
      this.#right.push(0);
      this.#shares.push(...counts.map((count) => (split === null ? count / samples.length : 0)));
      if (split === null) continue;
      const goesLeft = (sample: number): boolean => this.#rows[sample]![split.feature]! <= split.threshold;
      const right = samples.filter((sample) => !goesLeft(sample));
      open.push({ samples: right, link: (child) => (this.#right[node] = child) });
      open.push({ samples: samples.filter(goesLeft), link: (child) => (this.#left[node] = child) });
    }
    return {
      feature: Int32Array.from(this.#feature),
      threshold: Float32Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      shares: Float32Array.from(this.#shares),
    };
  }

  #counts(samples: readonly number[]): number[] {
    const counts = Array<number>(this.#classes).fill(0);
    for (const sample of samples) counts[this.#labels[sample]!]! += 1;
    return counts;
  }

  /** Null: a leaf. */
  #split(samples: readonly number[], counts: readonly number[]): Split | null {
    if (samples.length < this.#leastSamples || counts.some((count) => count === samples.length)) return null;
    const features = this.#rows[0]!.length;
    const wanted = Math.ceil(Math.sqrt(features));
    let best: Split | null = null;
    // As many as do differ here; a feature that is the same for all tells nothing.
    for (let tried = 0, looked = 0; tried < wanted && looked < features; looked++) {
      const feature = Math.floor(this.#random() * features);
      let [least, most] = [Infinity, -Infinity];
      for (const sample of samples) {
        const value = this.#rows[sample]![feature]!;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (!(least < most)) continue;
      tried++;
      const drawn = Math.fround(least + this.#random() * (most - least));
      // The highest itself would leave the right side empty.
      const threshold = drawn < most ? drawn : least;
      const score = this.#impurity(samples, counts, feature, threshold);
      if (best === null || score < best.score) best = { feature, threshold, score };
    }
    return best;
  }

  /** Gini's of both sides, weighted by their samples. */
  #impurity(
    samples: readonly number[],
    counts: readonly number[],
    feature: number,
    threshold: number,
  ): number {
    const left = Array<number>(this.#classes).fill(0);
    let lefts = 0;
    for (const sample of samples)
      if (this.#rows[sample]![feature]! <= threshold) {
        left[this.#labels[sample]!]! += 1;
        lefts++;
      }
    const rights = samples.length - lefts;
    const gini = (of: (label: number) => number, all: number): number =>
      all === 0 ? 0 : all - counts.reduce((sum, _, label) => sum + of(label) ** 2, 0) / all;
    return gini((label) => left[label]!, lefts) + gini((label) => counts[label]! - left[label]!, rights);
  }
}
