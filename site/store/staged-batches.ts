/** Which staged rows belong to which place in the log: a file may end where a batch ends, and nowhere else. */
import type { LogPosition, PipelineStats } from "../ports.ts";
import type { PackedTable } from "./packed.ts";
import type { Staging } from "./staging.ts";

/** What is written together, so that a file takes neither long nor much memory; a batch is never cut. */
export const portionRows = 100_000;
const portionBytes = 32 * 1024 * 1024;
/** Of V8's heap, beside the characters of its names: an array, texts, and entries of maps. */
const bytesOfSeries = 400;

export interface StagedBatch {
  /** Behind the last message of the batch. */
  readonly position: LogPosition;
  /** Counters up to there. */
  readonly stats: PipelineStats;
  readonly rows: number;
  readonly bytes: number;
  /** One entry a pack that the batch put there. */
  readonly stagings: readonly Staging[];
}

/** The oldest batches, to be written together. */
export interface Portion {
  readonly position: LogPosition;
  readonly stats: PipelineStats;
  /** How many packs of each, from the oldest on. */
  readonly packs: ReadonlyMap<Staging, number>;
  readonly batches: number;
}

export class StagedBatches {
  readonly #batches: StagedBatch[] = [];
  readonly #total = { rows: 0, bytes: 0 };
  #shown = 0;

  get count(): number {
    return this.#batches.length;
  }

  /** How many portions it makes; from 1 on there is one to write. */
  get portions(): number {
    return portionsOf(this.#total);
  }

  add(batch: StagedBatch): void {
    this.#batches.push(batch);
    this.#total.rows += batch.rows;
    this.#total.bytes += batch.bytes;
  }

  /** Questions see all of it, and until its files are there: it is written together. */
  shown(): void {
    this.#shown = this.#batches.length;
  }

  /** Of at most `most` batches, but at least one, and all that questions see; `null` where there is none. */
  oldest(most: number): Portion | null {
    const packs = new Map<Staging, number>();
    const sum = { rows: 0, bytes: 0 };
    let last: StagedBatch | null = null;
    let batches = 0;
    for (const batch of this.#batches) {
      sum.rows += batch.rows;
      sum.bytes += batch.bytes;
      const isFull = batches >= most || portionsOf(sum) > 1;
      if (batches > 0 && batches >= this.#shown && isFull) break;
      for (const staging of batch.stagings) packs.set(staging, (packs.get(staging) ?? 0) + 1);
      last = batch;
      batches++;
    }
    return last === null ? null : { position: last.position, stats: last.stats, packs, batches };
  }

  /** They are in files. */
  written({ packs, batches }: Portion): void {
    for (const { rows, bytes } of this.#batches.splice(0, batches)) {
      this.#total.rows -= rows;
      this.#total.bytes -= bytes;
    }
    this.#shown = 0;
    for (const [staging, count] of packs) staging.written(count);
  }
}

/**
 * Memory that a pack takes until it is in a file: its columns, whether a value stands in them or not, long values, and
 * names: as they came, and as keys of the dictionaries of questions and of files.
 */
export function bytesOf({ bytes, columns, series }: PackedTable): number {
  let sum = bytes + series.length * bytesOfSeries;
  for (const { long } of columns) for (const [, value] of long) sum += value.length;
  for (const values of series) for (const value of values) sum += 3 * (value?.length ?? 0);
  return sum;
}

function portionsOf({ rows, bytes }: { readonly rows: number; readonly bytes: number }): number {
  return Math.max(rows / portionRows, bytes / portionBytes);
}
