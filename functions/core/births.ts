/**
 * What Sparkplug B's DATA messages need from earlier BIRTH messages to be read, by edge node: names, types and units of
 * aliases, and the messages that came before their birth. Stateless functions load it before a batch and save what
 * changed behind it (functions/births.ts); a long-running process keeps it in memory.
 */

import type { Lane, Message } from "./model.ts";
import { decodeBase64, encodeBase64 } from "./text.ts";

/** A metric as its birth declares it. */
export interface BornMetric {
  readonly name: string;
  readonly alias: number | bigint | null;
  /** Number of the Sparkplug data type. */
  readonly type: number;
  readonly unit: string | null;
}

/** The metrics of an edge node itself, or of one device behind it. */
export class BirthTable {
  readonly metrics: readonly BornMetric[];
  readonly #names = new Map<string, BornMetric>();
  readonly #aliases = new Map<number | bigint, BornMetric>();

  constructor(metrics: readonly BornMetric[]) {
    this.metrics = metrics;
    for (const metric of metrics) {
      this.#names.set(metric.name, metric);
      if (metric.alias !== null) this.#aliases.set(metric.alias, metric);
    }
  }

  find(name: string | null, alias: number | bigint | null): BornMetric | null {
    const metric =
      name === null ? (alias === null ? undefined : this.#aliases.get(alias)) : this.#names.get(name);
    return metric ?? null;
  }
}

/** Messages of one node that wait for a birth: what is beyond is in quarantine only. */
const maximumWaiting = 256;
const maximumWaitingBytes = 65_536;

/** Devices behind one edge node, and metrics of all of them. */
export const maximumNodeDevices = 1_024;
export const maximumNodeMetrics = 20_000;

export class EdgeNode {
  /** Number of the session, by the node's birth; a death of another session is an old one. */
  bdSeq: number | bigint | null = null;
  /** The sequence number of the last message; kept in memory only. */
  lastSeq: number | null = null;
  /** By device id; "" is the node itself. */
  readonly tables = new Map<string, BirthTable>();
  waiting: Message[] = [];
  #waitingBytes = 0;

  /** Remember a message that can't be read before its birth. */
  wait(message: Message): boolean {
    const { length } = message.payload;
    if (this.waiting.length >= maximumWaiting || this.#waitingBytes + length > maximumWaitingBytes)
      return false;
    this.#waitingBytes += length;
    // A copy: the payload is a piece of its batch, which would be kept whole, and the message may serve the next one.
    this.waiting.push({ ...message, position: message.position, payload: message.payload.slice() });
    return true;
  }

  /** The waiting messages that a birth is for; they wait no longer. */
  takeWaiting(isFor: (message: Message) => boolean): Message[] {
    if (this.waiting.length === 0) return [];
    const taken = this.waiting.filter(isFor);
    this.waiting = this.waiting.filter((message) => !isFor(message));
    this.#waitingBytes = this.waiting.reduce((sum, { payload }) => sum + payload.length, 0);
    return taken;
  }

  get metricCount(): number {
    let count = 0;
    for (const { metrics } of this.tables.values()) count += metrics.length;
    return count;
  }
}

/** An edge node as data that JSON can hold. Metrics: name, alias in digits or null, type, unit or null. */
export interface StoredNode {
  readonly version: 1;
  readonly bdSeq: string | null;
  readonly tables: Readonly<
    Record<string, readonly (readonly [string, string | null, number, string | null])[]>
  >;
  readonly waiting: readonly StoredMessage[];
}

interface StoredMessage {
  readonly tenant: string;
  readonly channel: string;
  readonly payload: string;
  readonly receivedAt: number;
  readonly position: string;
  readonly lane: Lane;
  readonly contentType?: string;
}

/**
 * Edge nodes and metrics remembered at a time, some 60 MB; the node seen first is forgotten first, and its next data
 * wait for a birth, or for what was saved of it.
 */
const rememberedNodes = 20_000;
const rememberedMetrics = 400_000;

const exact = (digits: string | null): number | bigint | null => {
  if (digits === null) return null;
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
};

/** The edge nodes that one decoder knows. Keys are device ids: an edge node is an MQTT client. */
export class Births {
  readonly #nodes = new Map<string, EdgeNode>();
  readonly #changed = new Set<string>();
  readonly #sizes = new Map<string, number>();
  #metrics = 0;

  node(key: string): EdgeNode {
    let node = this.#nodes.get(key);
    if (node === undefined) {
      this.#nodes.set(key, (node = new EdgeNode()));
      this.#forgetBeyond();
    }
    return node;
  }

  /** Note that a node has changed and has to be saved. */
  touch(key: string): void {
    this.#changed.add(key);
    const size = this.#nodes.get(key)?.metricCount ?? 0;
    this.#metrics += size - (this.#sizes.get(key) ?? 0);
    this.#sizes.set(key, size);
    this.#forgetBeyond();
  }

  #forgetBeyond(): void {
    if (this.#nodes.size <= rememberedNodes && this.#metrics <= rememberedMetrics) return;
    for (const key of this.#nodes.keys()) {
      // What is not saved yet is not forgotten; the last node is the one at hand.
      if (this.#changed.has(key) || this.#nodes.size === 1) continue;
      this.#forget(key);
      if (this.#nodes.size <= rememberedNodes && this.#metrics <= rememberedMetrics) return;
    }
  }

  #forget(key: string): void {
    this.#nodes.delete(key);
    this.#metrics -= this.#sizes.get(key) ?? 0;
    this.#sizes.delete(key);
  }

  /** Take over what was saved of a node; `null` where nothing was. The sequence stays known if the node was. */
  restore(key: string, stored: StoredNode | null): void {
    const lastSeq = this.#nodes.get(key)?.lastSeq ?? null;
    this.#forget(key);
    if (stored === null) return;
    const node = this.node(key);
    node.lastSeq = lastSeq;
    node.bdSeq = exact(stored.bdSeq);
    for (const [device, metrics] of Object.entries(stored.tables)) {
      const born = metrics.map(([name, alias, type, unit]) => ({ name, alias: exact(alias), type, unit }));
      node.tables.set(device, new BirthTable(born));
    }
    for (const { payload, ...rest } of stored.waiting)
      node.wait({ ...rest, deviceId: key, payload: decodeBase64(payload) ?? new Uint8Array(0) });
    this.touch(key);
    this.#changed.delete(key);
  }

  /** What has to be saved since the last call. */
  takeChanged(): [key: string, stored: StoredNode][] {
    const changed = [...this.#changed].map((key): [string, StoredNode] => [key, this.#stored(key)]);
    this.#changed.clear();
    return changed;
  }

  #stored(key: string): StoredNode {
    const { bdSeq, tables, waiting } = this.node(key);
    return {
      version: 1,
      bdSeq: bdSeq === null ? null : String(bdSeq),
      tables: Object.fromEntries(
        [...tables].map(([device, { metrics }]) => [
          device,
          metrics.map(({ name, alias, type, unit }) => [
            name,
            alias === null ? null : String(alias),
            type,
            unit,
          ]),
        ]),
      ),
      waiting: waiting.map(({ deviceId: _, payload, ...rest }) => ({
        ...rest,
        payload: encodeBase64(payload),
      })),
    };
  }
}
