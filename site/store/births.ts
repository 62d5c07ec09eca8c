/** Sparkplug births between decode workers, and what waits for one: sealed, beside the log. */
import { join } from "node:path";
import { openStateStore, type StateStore } from "../broker/state-store.ts";
import { shardOf } from "./batch.ts";
import type { LogPosition } from "../ports.ts";
import type { Keyring } from "../seal.ts";

/** Edge nodes by device id, as `functions/kept-node.ts` writes them. */
export type NodeBytes = readonly (readonly [deviceId: string, bytes: Uint8Array])[];

interface Changed {
  /** Behind the batch that changed them. */
  readonly next: LogPosition;
  readonly nodes: NodeBytes;
}

export interface SiteBirthsOptions {
  readonly dataFolder: string;
  readonly keyring: Keyring;
  /** Births could not be written: their nodes have to send them again after the next start, unless a later write succeeds. */
  readonly onTrouble: (error: Error) => void;
}

export async function openBirths({ dataFolder, keyring, onTrouble }: SiteBirthsOptions): Promise<SiteBirths> {
  const store = await openStateStore({ folder: join(dataFolder, "births"), keyring, purpose: "births" });
  return new SiteBirths(store, onTrouble);
}

/**
 * A node is kept when the rows of the batch that changed it are safe. The log then never gives a birth again whose waiting
 * messages are forgotten already.
 */
export class SiteBirths {
  readonly #store: StateStore;
  readonly #onTrouble: (error: Error) => void;
  #changed: Changed[] = [];
  #isClosed = false;

  constructor(store: StateStore, onTrouble: (error: Error) => void) {
    this.#store = store;
    this.#onTrouble = onTrouble;
  }

  /** What one of the decode workers begins with. */
  of(shard: number, workers: number): NodeBytes {
    return [...this.#store.below("")].filter(([deviceId]) => shardOf(deviceId, workers) === shard);
  }

  add(next: LogPosition, nodes: NodeBytes): void {
    if (nodes.length > 0) this.#changed.push({ next, nodes });
  }

  /** Everything before the position is in files of the lake. */
  safe(isSafe: (next: LogPosition) => boolean): void {
    if (this.#isClosed) return;
    const count = this.#changed.findIndex(({ next }) => !isSafe(next));
    this.#keep(this.#changed.splice(0, count < 0 ? this.#changed.length : count));
    this.#store.flush().catch(this.#onTrouble);
  }

  #keep(changed: readonly Changed[]): void {
    for (const { nodes } of changed)
      for (const [deviceId, bytes] of nodes) this.#store.set(deviceId, Buffer.from(bytes));
  }

  /** The lake has all rows, in memory at least. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#keep(this.#changed.splice(0));
    await this.#store.close().catch(this.#onTrouble);
  }
}
