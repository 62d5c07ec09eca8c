/** What a client has with the broker beyond one connection (section 3.1.2.4): subscriptions and messages on their way to it. */
import { encodePublish, type OutgoingMessage } from "./packets.ts";

/** The connection that serves a session at the moment. */
export interface SessionLink {
  send(bytes: Buffer): void;
  /** False while the client does not read: QoS 0 messages are then dropped. */
  readonly isWritable: boolean;
}

/** At most so many QoS 1 messages are under way unacknowledged. */
const mostUnacknowledged = 20;
const mostQueued = 1000;
const mostQueuedBytes = 256 << 10;
export const mostSubscriptions = 50;

/** `dropped`: not for this session, or its queue is full. */
export type Delivery = "sent" | "queued" | "dropped";

export interface SessionState {
  readonly subscriptions: readonly (readonly [filter: string, qos: 0 | 1])[];
  /** Oldest first; those that were sent have the identifier they were sent under. */
  readonly messages: readonly {
    readonly id: number | null;
    readonly topic: string;
    /** Base64. */
    readonly payload: string;
    readonly retain: boolean;
  }[];
}

export class Session {
  readonly clientId: string;
  /** Outlives its connections [MQTT-3.1.2-4]. */
  readonly isPersistent: boolean;
  readonly subscriptions = new Map<string, 0 | 1>();
  /** Identifiers of QoS 2 messages received and not released, and the commit group each went into. */
  readonly unreleased = new Map<number, number>();
  readonly #unacknowledged = new Map<number, OutgoingMessage>();
  /** Unacknowledged messages of a former connection that this one has not seen. */
  #repeats: (readonly [id: number, message: OutgoingMessage])[] = [];
  #queue: OutgoingMessage[] = [];
  #queuedBytes = 0;
  #lastId = 0;
  #link: SessionLink | null = null;
  readonly #onChange: (session: Session) => void;

  /** `onChange` hears of whatever a persistent session must know after a restart. */
  constructor(clientId: string, isPersistent: boolean, onChange: (session: Session) => void) {
    this.clientId = clientId;
    this.isPersistent = isPersistent;
    this.#onChange = onChange;
  }

  static restore(clientId: string, state: SessionState, onChange: (session: Session) => void): Session {
    const session = new Session(clientId, true, onChange);
    for (const [filter, qos] of state.subscriptions) session.subscriptions.set(filter, qos);
    for (const { id, topic, payload, retain } of state.messages) {
      const message = { topic, payload: Buffer.from(payload, "base64"), qos: 1, retain } as const;
      if (id !== null) session.#unacknowledged.set(id, message);
      else session.#enqueue(message);
    }
    return session;
  }

  get state(): SessionState {
    const plain = (id: number | null, { topic, payload, retain }: OutgoingMessage) => {
      return { id, topic, payload: payload.toString("base64"), retain };
    };
    return {
      subscriptions: [...this.subscriptions],
      messages: [
        ...[...this.#unacknowledged].map(([id, message]) => plain(id, message)),
        ...this.#queue.map((message) => plain(null, message)),
      ],
    };
  }

  get link(): SessionLink | null {
    return this.#link;
  }

  /** What was not acknowledged is sent again, in order and marked as repeated [MQTT-4.4.0-1, 4.6.0-1]. */
  attach(link: SessionLink): void {
    this.#link = link;
    this.#repeats = [...this.#unacknowledged];
    this.#sendQueued();
  }

  detach(): void {
    this.#link = null;
  }

  /** `false` beyond the cap on subscriptions. */
  subscribe(filter: string, qos: 0 | 1): boolean {
    if (!this.subscriptions.has(filter) && this.subscriptions.size >= mostSubscriptions) return false;
    this.subscriptions.set(filter, qos);
    this.#changed();
    return true;
  }

  unsubscribe(filter: string): boolean {
    const had = this.subscriptions.delete(filter);
    if (had) this.#changed();
    return had;
  }

  deliver(message: OutgoingMessage): Delivery {
    if (message.qos === 0) {
      if (this.#link?.isWritable !== true) return "dropped";
      this.#link.send(encodePublish(message, 0, false));
      return "sent";
    }
    if (this.#link === null && !this.isPersistent) return "dropped";
    if (!this.#enqueue(message)) return "dropped";
    this.#sendQueued();
    this.#changed();
    return this.#queue.at(-1) === message ? "queued" : "sent";
  }

  /** PUBACK from the client; one for a message that is not under way means nothing. */
  acknowledge(id: number): void {
    if (!this.#unacknowledged.delete(id)) return;
    this.#sendQueued();
    this.#changed();
  }

  #enqueue(message: OutgoingMessage): boolean {
    const isFull = this.#queue.length >= mostQueued || this.#queuedBytes >= mostQueuedBytes;
    if (isFull) return false;
    this.#queue.push(message);
    this.#queuedBytes += message.payload.length;
    return true;
  }

  #sendQueued(): void {
    while (this.#link?.isWritable === true) {
      const repeat = this.#repeats.shift();
      if (repeat === undefined) break;
      const [id, message] = repeat;
      if (this.#unacknowledged.has(id)) this.#link.send(encodePublish(message, id, true));
    }
    while (this.#link?.isWritable === true && this.#unacknowledged.size < mostUnacknowledged) {
      const message = this.#queue.shift();
      if (message === undefined) return;
      this.#queuedBytes -= message.payload.length;
      const id = this.#nextId();
      this.#unacknowledged.set(id, message);
      this.#link.send(encodePublish(message, id, false));
    }
  }

  /** The client reads again. */
  resume(): void {
    this.#sendQueued();
  }

  /** 1 to 65,535, none that is under way [MQTT-2.3.1-4]. */
  #nextId(): number {
    do this.#lastId = (this.#lastId % 65_535) + 1;
    while (this.#unacknowledged.has(this.#lastId));
    return this.#lastId;
  }

  #changed(): void {
    if (this.isPersistent) this.#onChange(this);
  }
}
