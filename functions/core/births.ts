/**
 * What Sparkplug B's DATA messages need from earlier BIRTH messages to be read, by edge node: names, types and units of
 * aliases, and the messages that came before their birth. Hosts keep what changed behind a batch, and give it back to a
 * process that begins (functions/node-births.ts, site/store/births.ts).
 */

import type { Message, Micros } from "./model.ts";

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
  /** Arrival of the birth: an older one changes nothing. */
  readonly at: Micros;
  readonly #names = new Map<string, BornMetric>();
  readonly #aliases = new Map<number | bigint, BornMetric>();

  constructor(metrics: readonly BornMetric[], at: Micros) {
    this.metrics = metrics;
    this.at = at;
    for (const metric of metrics) {
      this.#names.set(metric.name, metric);
      if (metric.alias !== null) this.#aliases.set(metric.alias, metric);
    }
  }

  find(name: string | null, alias: number | bigint | null): BornMetric | null {
    const metric = name ? this.#names.get(name) : alias === null ? undefined : this.#aliases.get(alias);
    return metric ?? null;
  }
}

/** Messages of one node that wait for a birth: what is beyond is in quarantine only. */
const maximumWaiting = 256;
const maximumWaitingBytes = 65_536;

/** Devices behind one edge node, and metrics of all of them. */
export const maximumNodeDevices = 1_024;
export const maximumNodeMetrics = 20_000;

/** An edge node as plain data. */
export interface NodeState {
  readonly at: Micros;
  readonly bdSeq: number | bigint | null;
  readonly tables: ReadonlyMap<string, { readonly metrics: readonly BornMetric[]; readonly at: Micros }>;
  readonly waiting: readonly Message[];
}

export class EdgeNode implements NodeState {
  /** Arrival of the node's last birth or death: older ones change nothing. */
  at: Micros = 0;
  /** Number of the session, by the node's birth; a death of another session is an old one. */
  bdSeq: number | bigint | null = null;
  /** The sequence number of the last message; kept in memory only. */
  lastSeq: number | null = null;
  /** By device id; "" is the node itself. */
  readonly tables = new Map<string, BirthTable>();
  waiting: Message[] = [];
  #waitingBytes = 0;

  /** Remember a message that can't be read before its birth; once, where its batch comes again. */
  wait(message: Message): boolean {
    const { payload, position } = message;
    if (
      this.waiting.length >= maximumWaiting ||
      this.#waitingBytes + payload.length > maximumWaitingBytes ||
      this.waiting.some((other) => other.position === position)
    )
      return false;
    this.#waitingBytes += payload.length;
    // A copy (of a Buffer, `slice` is none): the payload is a piece of its batch, which would be kept whole or is
    // overwritten, and the message may serve the next one.
    this.waiting.push({ ...message, position, payload: new Uint8Array(payload) });
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

  /** Arrival of what is known of a device, `""` for the node itself: what arrived before changes nothing. */
  since(device: string): Micros {
    return Math.max(this.at, this.tables.get(device)?.at ?? 0);
  }

  get metricCount(): number {
    let count = 0;
    for (const { metrics } of this.tables.values()) count += metrics.length;
    return count;
  }
}

/**
 * Edge nodes and metrics remembered at a time, some 60 MB; the node seen first is forgotten first, and its next data
 * wait for a birth, or for what was saved of it.
 */
const rememberedNodes = 20_000;
const rememberedMetrics = 400_000;

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

  /** Whether anything is known of a node. */
  has(key: string): boolean {
    return this.#nodes.has(key);
  }

  /** Take over what was kept of a node; `null` where nothing was. The sequence stays known if the node was. */
  restore(key: string, state: NodeState | null): void {
    const lastSeq = this.#nodes.get(key)?.lastSeq ?? null;
    this.#forget(key);
    this.#changed.delete(key);
    if (state === null) return;
    const node = this.node(key);
    node.lastSeq = lastSeq;
    node.at = state.at;
    node.bdSeq = state.bdSeq;
    for (const [device, { metrics, at }] of state.tables)
      node.tables.set(device, new BirthTable(metrics, at));
    for (const message of state.waiting) node.wait(message);
    this.touch(key);
    this.#changed.delete(key);
  }

  /** The nodes that have to be kept, since the last call; what is given is the node itself, which goes on changing. */
  takeChanged(): [key: string, state: NodeState][] {
    const changed = [...this.#changed].map((key): [string, NodeState] => [key, this.node(key)]);
    this.#changed.clear();
    return changed;
  }
}
