/** What all connections of a broker share: sessions, retained messages, wills, the fleet, limits and the way to the log. */
import type { Socket } from "node:net";
import type { SegmentLog } from "../log/ingest-log.ts";
import type { Logger } from "../logger.ts";
import { Connection } from "./connection.ts";
import { Fleet } from "./fleet.ts";
import type { LastWill } from "./guard-connect.ts";
import type { Identity } from "./identity.ts";
import type { HeardMessage, IntakeContext } from "./intake.ts";
import { statusTopic, type TopicPolicy } from "./policy.ts";
import { type Refusal, RefusalCounter } from "./refusals.ts";
import { RetainedMessages } from "./retained.ts";
import type { Session } from "./session.ts";
import { Sessions } from "./sessions.ts";
import type { StateStore } from "./state-store.ts";
import { TokenBucket } from "./token-bucket.ts";
import { Wills } from "./wills.ts";

export interface CoreLimits {
  /** Bytes of one message. */
  readonly maxPayload: number;
  /** Open sessions. */
  readonly maxConnections: number;
  /** Of one device. */
  readonly messagesPerSecond: number;
  /** Seconds from accept to CONNACK. */
  readonly connectSeconds: number;
  /** Seconds without a packet, whatever keep-alive the client asked for: half-dead connections must not pile up. */
  readonly idleSeconds: number;
  /** Seconds that a client may leave what it is sent unread. */
  readonly drainSeconds: number;
  /** Seconds after a start until a device that did not come back counts as vanished. */
  readonly returnSeconds: number;
}

export interface CoreOptions {
  readonly log: SegmentLog;
  readonly store: StateStore;
  readonly policy: TopicPolicy;
  readonly limits: CoreLimits;
  readonly logger: Logger;
}

const checkEvery = 1000;
const saveEvery = 60_000;
const reportsPerSecond = 5;

export class Core implements IntakeContext {
  readonly log: SegmentLog;
  readonly store: StateStore;
  readonly policy: TopicPolicy;
  readonly limits: CoreLimits;
  readonly sessions: Sessions;
  readonly retained: RetainedMessages;
  readonly wills: Wills;
  readonly fleet: Fleet;
  readonly refusals = new RefusalCounter();
  readonly #logger: Logger;
  readonly #reports = new TokenBucket(reportsPerSecond, Date.now());
  readonly #connections = new Set<Connection>();
  readonly #byClient = new Map<string, Connection>();
  readonly #congested = new Set<Connection>();
  readonly #timers: readonly NodeJS.Timeout[];
  #accepted = 0;
  #published = 0;
  #stopping: Promise<void> | null = null;

  constructor({ log, store, policy, limits, logger }: CoreOptions) {
    this.log = log;
    this.store = store;
    this.policy = policy;
    this.limits = limits;
    this.#logger = logger;
    this.retained = new RetainedMessages(store);
    this.sessions = new Sessions(store, (error) => this.failed(error));
    this.fleet = new Fleet(store, limits.messagesPerSecond);
    this.wills = new Wills(
      store,
      (clientId, will) => this.#publishWill(clientId, will),
      (error) => this.failed(error),
    );
    for (const [topic, { payload }] of this.retained.match(statusTopic("+"))) {
      this.fleet.noteStatus(topic.split("/")[1] as string, payload);
    }
    this.#timers = [
      setInterval(() => this.#check(), checkEvery).unref(),
      setInterval(() => this.#save(), saveEvery).unref(),
      setTimeout(
        () => this.wills.giveUp((clientId) => this.#byClient.has(clientId)),
        limits.returnSeconds * 1000,
      ).unref(),
    ];
  }

  get maxPayload(): number {
    return this.limits.maxPayload;
  }

  get hearing(): number {
    return this.sessions.tree.epoch;
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  get stats() {
    const { size: connected } = this.#byClient;
    return { connected, accepted: this.#accepted, refused: this.refusals.all(), published: this.#published };
  }

  /** Serves a connection whose handshake is over; see {@link Connection} for `identity`. */
  accept(socket: Socket, identity: Identity | null): void {
    this.#connections.add(new Connection(this, socket, identity));
  }

  /** One session a client id: the former connection ends [MQTT-3.1.4-2]. */
  takeOver(clientId: string): void {
    this.#byClient.get(clientId)?.end(null);
  }

  connected(clientId: string, connection: Connection): void {
    this.#byClient.set(clientId, connection);
    this.#accepted += 1;
  }

  ended(connection: Connection, session: Session | null): void {
    this.#connections.delete(connection);
    this.#congested.delete(connection);
    if (session === null) return;
    if (this.#byClient.get(session.clientId) === connection) this.#byClient.delete(session.clientId);
    if (this.#stopping !== null) return;
    if (!session.isPersistent) this.sessions.remove(session);
    this.wills.vanished(session.clientId);
  }

  /** A client that takes its own session over needs no further place. */
  isFull(clientId: string): boolean {
    return this.#byClient.size >= this.limits.maxConnections && !this.#byClient.has(clientId);
  }

  refused(refusal: Refusal, deviceId: string | null): void {
    this.refusals.count(refusal);
    // A flood must not fill the disk with reports of itself.
    if (this.#reports.tryTake(Date.now()))
      this.#logger.info({ reason: refusal, deviceId }, "connection refused or ended");
  }

  failed(error: unknown): void {
    if (this.#reports.tryTake(Date.now())) this.#logger.error({ error: String(error) }, "broker");
  }

  whenDrained(connection: Connection): void {
    if (this.#congested.size === 0) void this.log.drained().then(() => this.#decongested());
    this.#congested.add(connection);
  }

  isHeard(clientId: string, topic: string): boolean {
    return this.policy.isStatus(clientId, topic) || this.sessions.tree.match(topic).size > 0;
  }

  heard(clientId: string, { topic, payload, qos, retain }: HeardMessage): void {
    if (retain) this.retained.set(topic, payload, qos);
    if (this.policy.isStatus(clientId, topic)) this.fleet.noteStatus(clientId, payload);
    this.sessions.route(topic, payload, qos);
  }

  flushRetained(): Promise<void> {
    return this.store.flush();
  }

  published(count: number): void {
    this.#published += count;
  }

  /** Ends every connection; wills stay on disk and count from the next start. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    // Later, so that `ended` sees that this is the broker's end and nobody's own.
    await Promise.resolve();
    for (const connection of [...this.#connections]) connection.end(null);
    this.fleet.save();
    try {
      await this.sessions.close();
      await this.store.close();
    } catch (error) {
      this.failed(error);
    }
  }

  #decongested(): void {
    const waiting = [...this.#congested];
    this.#congested.clear();
    for (const connection of waiting) connection.decongested();
  }

  async #publishWill(clientId: string, { topic, payload, qos, retain }: LastWill): Promise<boolean> {
    const channel = this.policy.channelOf(clientId, topic);
    if (channel === null) return true;
    const source = this.log.source(clientId, channel);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const committed = (_group: number, error: Error | null): void => {
      if (error === null) {
        this.#published += 1;
        this.heard(clientId, { topic, payload, qos: qos === 0 ? 0 : 1, retain });
        this.store.flush().catch((failure: unknown) => this.failed(failure));
      }
      resolve(error === null);
    };
    try {
      this.log.enqueue(source, payload, 0, payload.length, Date.now() * 1000, { committed });
    } catch (error) {
      this.failed(error);
      return false;
    }
    return promise;
  }

  #check(): void {
    const now = Date.now();
    for (const connection of this.#connections) connection.check(now);
    this.wills.retry();
  }

  #save(): void {
    this.fleet.save();
    this.store.flush().catch((error: unknown) => this.failed(error));
  }
}
