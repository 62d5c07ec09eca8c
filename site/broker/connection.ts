/** One network connection, from its first byte to its end: what each packet does, and when reading waits. */
import type { Socket } from "node:net";
import { LogClosedError } from "../log/ingest-log.ts";
import type { Core } from "./core.ts";
import type { FleetEntry } from "./fleet.ts";
import { Flow, Hold } from "./flow.ts";
import { PacketGuard, type PacketHandler } from "./guard.ts";
import { judgeConnect } from "./connect-judgement.ts";
import type { ConnectPacket } from "./guard-connect.ts";
import type { SubscribePacket, UnsubscribePacket } from "./guard-subscribe.ts";
import type { Identity } from "./identity.ts";
import { Intake } from "./intake.ts";
import { ConnectCode, encodeAck, encodeConnack, encodeSuback, PacketType, pingresp } from "./packets.ts";
import { type Refusal, Violation } from "./refusals.ts";
import type { Session, SessionLink } from "./session.ts";
import { grant } from "./subscribing.ts";

/** Beyond a PUBLISH's payload: its topic, a CONNECT's texts, a SUBSCRIBE's filters. */
const packetOverhead = 4096;
/** Bytes that may wait for a client that does not read. */
const mostUnsent = 256 << 10;
/** Time for an answer to reach a client that is sent away. */
const farewellMs = 2000;

export class Connection implements PacketHandler, SessionLink {
  readonly openedAt = Date.now();
  receivedAt = 0;
  readonly #core: Core;
  readonly #socket: Socket;
  readonly #identity: Identity | null;
  readonly #guard: PacketGuard;
  readonly #flow: Flow;
  #isEnded = false;
  #session: Session | null = null;
  #intake: Intake | null = null;
  #entry: FleetEntry | null = null;
  #keepAliveMs = 0;
  #lastPacketAt = this.openedAt;
  #unreadSince: number | null = null;

  /** `identity` is what a certificate proved; `null` takes the client at its word (benches and tests only). */
  constructor(core: Core, socket: Socket, identity: Identity | null) {
    this.#core = core;
    this.#socket = socket;
    this.#identity = identity;
    this.#guard = new PacketGuard(this, core.limits.maxPayload + packetOverhead);
    this.#flow = new Flow(socket, () => this.#goOn());
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("drain", () => this.#drained());
    socket.on("error", () => undefined);
    socket.on("close", () => this.end(null));
  }

  get deviceId(): string | null {
    return this.#session?.clientId ?? null;
  }

  get identity(): Identity | null {
    return this.#identity;
  }

  get isHeld(): boolean {
    return this.#isEnded || this.#flow.isHeld;
  }

  get isWritable(): boolean {
    return !this.#isEnded && !this.#socket.writableNeedDrain;
  }

  send(bytes: Buffer): void {
    if (this.#isEnded || this.#socket.write(bytes)) return;
    this.#unreadSince ??= Date.now();
    this.#flow.hold(Hold.reader);
    if (this.#socket.writableLength > mostUnsent) this.end("slow reader");
  }

  connect(packet: ConnectPacket | null): void {
    const core = this.#core;
    const verdict = judgeConnect(packet, this.#identity, core.policy, core.maxPayload);
    if ("refusal" in verdict) return this.end(verdict.refusal, encodeConnack(verdict.code));
    const { clientId, clean, will, keepAlive, level } = verdict;
    if (core.isFull(clientId)) {
      return this.end("too many connections", encodeConnack(ConnectCode.serverUnavailable));
    }
    core.takeOver(clientId);
    const { session, isPresent } = core.sessions.open(clientId, clean);
    this.#session = session;
    this.#intake = new Intake(core, this, clientId, session);
    this.#entry = core.fleet.entry(clientId);
    this.#entry.isConnected = true;
    this.#entry.certificateNotAfter = this.#identity?.notAfter ?? null;
    const longest = core.limits.idleSeconds;
    this.#keepAliveMs = 1000 * (keepAlive === 0 ? longest : Math.min(1.5 * keepAlive, longest));
    core.wills.keep(clientId, will);
    // MQTT 3.1 has no such flag.
    this.send(encodeConnack(ConnectCode.accepted, isPresent && level === 4));
    core.connected(clientId, this);
    session.attach(this);
  }

  publish(
    qos: 0 | 1 | 2,
    retain: boolean,
    id: number,
    bytes: Buffer,
    topicStart: number,
    topicEnd: number,
    payloadEnd: number,
  ): void {
    this.#intake?.publish(qos, retain, id, bytes, topicStart, topicEnd, payloadEnd);
    if (this.#core.log.congested) {
      this.#flow.hold(Hold.congestion);
      this.#core.whenDrained(this);
    }
    this.#charge();
  }

  acknowledge(type: number, id: number): void {
    this.#charge();
    switch (type) {
      case PacketType.puback:
        return this.#session?.acknowledge(id);
      case PacketType.pubrel:
        this.#session?.unreleased.delete(id);
        return this.send(encodeAck(PacketType.pubcomp, id));
      default:
        throw new Violation("malformed packet", `packet type ${type} answers a QoS 2 that was never granted`);
    }
  }

  subscribe({ id, requests }: SubscribePacket): void {
    this.#charge();
    const session = this.#session as Session;
    const answer = (): void => {
      const { codes, retained } = grant(this.#core, session, requests);
      this.send(encodeSuback(id, codes));
      for (const message of retained) session.deliver(message);
    };
    if (this.#intake?.isRetaining !== true) return answer();
    // What this client retained before is in force before it asks for it.
    this.#flow.hold(Hold.order);
    this.#intake.afterRetained(() => {
      if (!this.#isEnded) answer();
      this.#flow.release(Hold.order);
    });
  }

  unsubscribe({ id, filters }: UnsubscribePacket): void {
    for (const filter of filters) this.#core.sessions.unsubscribe(this.#session as Session, filter);
    this.send(encodeAck(PacketType.unsuback, id));
    this.#charge();
  }

  ping(): void {
    this.send(pingresp);
    this.#charge();
  }

  disconnect(): void {
    this.#core.wills.drop((this.#session as Session).clientId);
    this.end(null);
  }

  /** Goes on reading what waited for the log. */
  decongested(): void {
    this.#flow.release(Hold.congestion);
  }

  /** Once a second: whether the client still keeps to the rules of time. */
  check(now: number): void {
    const { connectSeconds, drainSeconds } = this.#core.limits;
    if (this.#session === null) {
      if (now - this.openedAt > connectSeconds * 1000) this.end("handshake too slow");
    } else if (this.#identity !== null && this.#identity.notAfter < now) {
      this.end("certificate expired");
    } else if (this.#unreadSince !== null) {
      if (now - this.#unreadSince > drainSeconds * 1000) this.end("slow reader");
    } else if (this.isHeld) {
      // It is not the client that is silent.
      this.#lastPacketAt = now;
    } else if (now - this.#lastPacketAt > this.#keepAliveMs) {
      this.end("keep-alive expired");
    }
  }

  /** `null` where nobody is to blame. A last will is published unless the client said goodbye. */
  end(refusal: Refusal | null, farewell?: Buffer): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#flow.end();
    if (refusal !== null) this.#core.refused(refusal, this.deviceId ?? this.#identity?.deviceId ?? null);
    this.#close(farewell);
    const session = this.#session;
    if (session?.link === this) session.detach();
    if (this.#entry !== null) this.#entry.isConnected = false;
    this.#core.ended(this, session);
  }

  /** Every packet counts, not only PUBLISH: two bytes of a client must not keep the broker busy without end. */
  #charge(): void {
    const debt = this.#entry?.bucket.take(this.receivedAt / 1000) ?? 0;
    if (debt > 0) this.#flow.holdFor(Hold.rate, debt);
  }

  #read(chunk: Buffer): void {
    const now = Date.now();
    this.receivedAt = now * 1000;
    const { packets } = this.#guard;
    this.#attempt(() => this.#guard.feed(chunk));
    if (this.#guard.packets !== packets) this.#lastPacketAt = now;
    if (this.#entry !== null) this.#core.fleet.seen(this.#entry, now);
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof Violation) {
        this.end(error.refusal);
      } else {
        // A fault of the broker's own must not take the other connections with it.
        this.#core.failed(error);
        this.end(error instanceof LogClosedError ? "log failed" : "internal error");
      }
    }
  }

  #close(farewell: Buffer | undefined): void {
    const socket = this.#socket;
    if (farewell === undefined) {
      socket.destroy();
      return;
    }
    socket.end(farewell, () => socket.destroy());
    setTimeout(() => socket.destroy(), farewellMs).unref();
  }

  #drained(): void {
    this.#unreadSince = null;
    this.#flow.release(Hold.reader);
    this.#session?.resume();
  }

  #goOn(): void {
    this.receivedAt = Date.now() * 1000;
    this.#attempt(() => this.#guard.resume());
  }
}
