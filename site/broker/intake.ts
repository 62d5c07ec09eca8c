/**
 * The way of a PUBLISH from a connection into the log and back as an acknowledgement. A message is appended as it is
 * read; what has to happen once its group is on disk (retain, hand on, acknowledge) waits in order.
 */
import type { CommitListener } from "../log/ingest-log.ts";
import { LogFullError } from "../log/ingest-log.ts";
import { KnownTopics, type TopicContext } from "./known-topics.ts";
import { PacketType } from "./packets.ts";
import { type Refusal, Violation } from "./refusals.ts";
import type { Session } from "./session.ts";

/** A message that others than the log want. */
export interface HeardMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** What the intakes of all connections share. */
export interface IntakeContext extends TopicContext {
  /** Bytes. */
  readonly maxPayload: number;
  /** The message is in the log: retain it, hand it on. */
  heard(clientId: string, message: HeardMessage): void;
  /** Resolves when what {@link heard} retained is on disk. */
  flushRetained(): Promise<void>;
  published(count: number): void;
}

/** The connection that the intake belongs to; calls after its end do nothing. */
export interface IntakeOwner {
  /** Microseconds: arrival of the bytes that are being read. */
  readonly receivedAt: number;
  send(bytes: Buffer): void;
  end(refusal: Refusal): void;
}

/** Everything of one connection that went into one group. */
interface Batch {
  readonly group: number;
  readonly heard: HeardMessage[];
  readonly unreleased: number[];
  acks: Buffer;
  ackBytes: number;
  messages: number;
  state: "waiting" | "retaining" | "done";
}

const mostUnreleased = 1000;

export class Intake implements CommitListener {
  readonly #context: IntakeContext;
  readonly #owner: IntakeOwner;
  readonly #clientId: string;
  readonly #session: Session;
  readonly #topics: KnownTopics;
  #batches: Batch[] = [];
  #committed = 0;
  #afterRetained: (() => void) | null = null;

  constructor(context: IntakeContext, owner: IntakeOwner, clientId: string, session: Session) {
    this.#context = context;
    this.#owner = owner;
    this.#clientId = clientId;
    this.#session = session;
    this.#topics = new KnownTopics(context, clientId);
  }

  /** Throws {@link Violation}; see `PacketHandler.publish` for the ranges. */
  publish(
    qos: 0 | 1 | 2,
    retain: boolean,
    id: number,
    bytes: Buffer,
    topicStart: number,
    topicEnd: number,
    payloadEnd: number,
  ): void {
    const context = this.#context;
    const payloadStart = qos > 0 ? topicEnd + 2 : topicEnd;
    const length = payloadEnd - payloadStart;
    if (length > context.maxPayload) {
      throw new Violation("payload over the cap", `${length} bytes; at most ${context.maxPayload} are taken`);
    }
    const known = this.#topics.find(bytes, topicStart, topicEnd);
    if (retain && !known.mayRetain) throw new Violation("retain not allowed", `on ${known.topic}`);
    if (qos === 2 && this.#session.unreleased.get(id) === 0) {
      this.#acknowledgeAgain(id);
      return;
    }
    const group = context.log.enqueue(
      known.source,
      bytes,
      payloadStart,
      payloadEnd,
      this.#owner.receivedAt,
      this,
    );
    const batch = this.#batch(group);
    batch.messages += 1;
    if (qos > 0) addAck(batch, qos === 1 ? PacketType.puback : PacketType.pubrec, id);
    if (qos === 2) this.#receive(batch, id);
    if (retain || this.#topics.isHeard(known)) {
      const payload = Buffer.from(bytes.subarray(payloadStart, payloadEnd));
      batch.heard.push({ topic: known.topic, payload, qos: qos === 0 ? 0 : 1, retain });
    }
  }

  /** A retained message is on its way to disk. */
  get isRetaining(): boolean {
    return this.#batches.some(({ heard }) => heard.some(({ retain }) => retain));
  }

  /** Once it is not {@link isRetaining} any more; one at a time. */
  afterRetained(next: () => void): void {
    this.#afterRetained = next;
  }

  committed(group: number, error: Error | null): void {
    if (error !== null) {
      const failed = this.#batches.find((batch) => batch.group === group);
      for (const id of failed?.unreleased ?? []) this.#session.unreleased.delete(id);
      this.#batches = this.#batches.filter((batch) => batch !== failed);
      this.#owner.end(error instanceof LogFullError ? "log full" : "log failed");
    }
    // What came behind a failed group may still be stored: then it is handed on, though nobody waits for the PUBACK.
    this.#committed = group;
    this.#settle();
  }

  /** In the order of arrival [MQTT-4.6.0-2, 4.6.0-3]; a retained message is acknowledged once that is on disk as well. */
  #settle(): void {
    while (this.#settleFirst());
    if (this.#afterRetained === null || this.isRetaining) return;
    const next = this.#afterRetained;
    this.#afterRetained = null;
    next();
  }

  #settleFirst(): boolean {
    const [batch] = this.#batches;
    if (batch === undefined || batch.group > this.#committed || batch.state === "retaining") return false;
    if (batch.state === "waiting") this.#hand(batch);
    if (batch.state !== "done") return false;
    this.#batches.shift();
    if (batch.ackBytes > 0) this.#owner.send(batch.acks.subarray(0, batch.ackBytes));
    return true;
  }

  #hand(batch: Batch): void {
    const context = this.#context;
    context.published(batch.messages);
    for (const id of batch.unreleased) this.#session.unreleased.set(id, 0);
    for (const message of batch.heard) context.heard(this.#clientId, message);
    if (!batch.heard.some(({ retain }) => retain)) {
      batch.state = "done";
      return;
    }
    batch.state = "retaining";
    context.flushRetained().then(
      () => {
        batch.state = "done";
        this.#settle();
      },
      (error: unknown) => this.#owner.end(error instanceof LogFullError ? "log full" : "log failed"),
    );
  }

  /** The sender did not see the PUBREC: it gets another, and the message is not taken twice [MQTT-4.3.3-2]. */
  #acknowledgeAgain(id: number): void {
    const last = this.#batches.at(-1);
    if (last !== undefined) {
      addAck(last, PacketType.pubrec, id);
      return;
    }
    const ack = Buffer.from([PacketType.pubrec << 4, 2, id >> 8, id & 0xff]);
    this.#owner.send(ack);
  }

  #receive(batch: Batch, id: number): void {
    const { unreleased } = this.#session;
    if (unreleased.size >= mostUnreleased && !unreleased.has(id)) {
      throw new Violation("too many unfinished QoS 2 messages", `${mostUnreleased} wait for a PUBREL`);
    }
    unreleased.set(id, batch.group);
    batch.unreleased.push(id);
  }

  #batch(group: number): Batch {
    const last = this.#batches.at(-1);
    if (last?.group === group) return last;
    const acks = Buffer.allocUnsafe(64);
    const batch: Batch = {
      group,
      heard: [],
      unreleased: [],
      acks,
      ackBytes: 0,
      messages: 0,
      state: "waiting",
    };
    this.#batches.push(batch);
    return batch;
  }
}

function addAck(batch: Batch, type: number, id: number): void {
  if (batch.ackBytes + 4 > batch.acks.length) {
    batch.acks = Buffer.concat([batch.acks, Buffer.allocUnsafe(batch.acks.length)]);
  }
  const { acks, ackBytes } = batch;
  acks[ackBytes] = type << 4;
  acks[ackBytes + 1] = 2;
  acks[ackBytes + 2] = id >> 8;
  acks[ackBytes + 3] = id & 0xff;
  batch.ackBytes = ackBytes + 4;
}
