/** A connection publishes to a handful of topics: each is checked once, then known by its bytes. */
import type { ArrivalSource, SegmentLog } from "../log/ingest-log.ts";
import { checkTopicName } from "./guard-text.ts";
import type { TopicPolicy } from "./policy.ts";
import { Violation } from "./refusals.ts";

export interface KnownTopic {
  readonly topic: string;
  readonly source: ArrivalSource;
  readonly mayRetain: boolean;
}

export interface TopicContext {
  readonly log: SegmentLog;
  readonly policy: TopicPolicy;
  /** Changes whenever {@link isHeard} may. */
  readonly hearing: number;
  /** Somebody subscribed to the topic, or the broker itself looks into it. */
  isHeard(clientId: string, topic: string): boolean;
}

interface Entry extends KnownTopic {
  readonly name: Buffer;
  hearing: number;
  isHeard: boolean;
}

const kept = 16;

export class KnownTopics {
  readonly #context: TopicContext;
  readonly #clientId: string;
  readonly #entries: Entry[] = [];

  constructor(context: TopicContext, clientId: string) {
    this.#context = context;
    this.#clientId = clientId;
  }

  /** Throws {@link Violation} for a topic that is none, or not this client's to publish to. */
  find(bytes: Buffer, start: number, end: number): KnownTopic {
    for (const entry of this.#entries) if (isSame(entry.name, bytes, start, end)) return entry;
    const { policy, log } = this.#context;
    const name = Buffer.from(bytes.subarray(start, end));
    const topic = checkTopicName("PUBLISH", name);
    const channel = policy.channelOf(this.#clientId, topic);
    if (channel === null) throw new Violation("publish not allowed", `device ${this.#clientId}`);
    const source = log.source(this.#clientId, channel);
    const mayRetain = policy.mayRetain(this.#clientId, topic);
    const entry = { name, topic, source, mayRetain, hearing: -1, isHeard: false };
    if (this.#entries.length >= kept) this.#entries.pop();
    this.#entries.unshift(entry);
    return entry;
  }

  isHeard(known: KnownTopic): boolean {
    const entry = known as Entry;
    const { hearing } = this.#context;
    if (entry.hearing !== hearing) {
      entry.hearing = hearing;
      entry.isHeard = this.#context.isHeard(this.#clientId, entry.topic);
    }
    return entry.isHeard;
  }
}

function isSame(name: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  // From the end: a device's topics differ there.
  for (let index = name.length - 1; index >= 0; index -= 1) {
    if (name[index] !== bytes[start + index]) return false;
  }
  return true;
}
