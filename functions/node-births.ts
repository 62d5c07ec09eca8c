/** The births that a decoder knows, in step with a store that other processes use too. */

import type { Births } from "./core/births.ts";
import { bytesOfNode, nodeOfBytes } from "./kept-node.ts";
import type { BirthStore, Metrics } from "./ports.ts";

/** Revisions remembered at a time; more than nodes that {@link Births} remembers. */
const rememberedRevisions = 50_000;

export class NodeBirths {
  readonly #births: Births;
  readonly #store: BirthStore;
  readonly #metrics: Metrics;
  /** Of what is in memory, by device id; none for a node that the store does not have. */
  readonly #revisions = new Map<string, string>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(births: Births, store: BirthStore, metrics: Metrics) {
    this.#births = births;
    this.#store = store;
    this.#metrics = metrics;
  }

  /** One batch after the other: they share the decoder's memory. Nodes whose batch failed are loaded anew for the next one. */
  async inTurn<Result>(deviceIds: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(async () => {
      try {
        await this.#load(deviceIds);
        return await work();
      } catch (error) {
        for (const id of deviceIds) this.#forget(id);
        throw error;
      }
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #load(deviceIds: readonly string[]): Promise<void> {
    const kept = await this.#store.load(deviceIds);
    if (this.#revisions.size > rememberedRevisions) this.#revisions.clear();
    for (const id of deviceIds) {
      const found = kept.get(id);
      if (this.#births.has(id) && this.#revisions.get(id) === found?.revision) continue;
      this.#births.restore(id, found === undefined ? null : nodeOfBytes(id, found.bytes));
      if (found === undefined) this.#revisions.delete(id);
      else this.#revisions.set(id, found.revision);
    }
  }

  #forget(id: string): void {
    this.#births.restore(id, null);
    this.#revisions.delete(id);
  }

  /**
   * Keep what has changed. Resolves with the nodes that another process has changed meanwhile: they are loaded, and what
   * was decoded by them has to be decoded again.
   */
  async keepChanged(): Promise<ReadonlySet<string>> {
    const overtaken = new Map<string, Uint8Array>();
    let unkept = 0;
    for (const [id, state] of this.#births.takeChanged()) {
      const bytes = bytesOfNode(state);
      if (bytes.length > this.#store.maximumBytes) {
        unkept++;
        continue;
      }
      const revision = await this.#store.keep(id, bytes, this.#revisions.get(id) ?? null);
      if (revision === null) overtaken.set(id, bytes);
      else this.#revisions.set(id, revision);
    }
    if (unkept > 0) this.#metrics.put({ BirthsNotKept: unkept });
    if (overtaken.size > 0) await this.#settle(overtaken);
    return new Set(overtaken.keys());
  }

  /** A write whose answer was lost looks as if another process had been faster: then it is our own bytes that are there. */
  async #settle(overtaken: Map<string, Uint8Array>): Promise<void> {
    const kept = await this.#store.load([...overtaken.keys()]);
    for (const [id, bytes] of [...overtaken]) {
      const found = kept.get(id);
      if (found !== undefined && Buffer.compare(found.bytes, bytes) === 0) {
        this.#revisions.set(id, found.revision);
        overtaken.delete(id);
      } else this.#forget(id);
    }
    if (overtaken.size > 0) await this.#load([...overtaken.keys()]);
  }
}
