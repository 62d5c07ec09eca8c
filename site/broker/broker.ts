/** The MQTT broker of the local target: 3.1 and 3.1.1 over mutual TLS, every message in the log before its PUBACK. */
import type { X509Certificate } from "node:crypto";
import type { SegmentLog } from "../log/ingest-log.ts";
import type { Logger } from "../logger.ts";
import type { FleetView } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import type { BrokerSettings, RegistrySettings } from "../settings.ts";
import { Core, type CoreLimits } from "./core.ts";
import { Gate, type Objection } from "./gate.ts";
import type { Identity } from "./identity.ts";
import { Listener, readBundle } from "./listener.ts";
import { commandTopic, devicePolicy, levelNamePattern } from "./policy.ts";
import { deviceIdPattern } from "../../functions/core/envelope.ts";
import type { RevocationReport } from "../../fleet/admission/revocations.ts";
import type { FleetBook } from "../registry/fleet-book.ts";
import { openStateStore } from "./state-store.ts";

export interface BrokerOptions {
  readonly settings: BrokerSettings;
  readonly registry: RegistrySettings;
  /** What the fleet's registry knows; `null` where there is none. */
  readonly book: FleetBook | null;
  /** Names the environment in certificates. */
  readonly environment: string;
  readonly log: SegmentLog;
  /** Retained messages, sessions and wills live there, sealed. */
  readonly stateFolder: string;
  readonly keyring: Keyring;
  readonly logger: Logger;
}

/**
 * What became of a command: `sent` to the device, `queued` in its session until it connects, or `unreachable` because
 * it has no session that is subscribed to its commands.
 */
export type CommandOutcome = "sent" | "queued" | "unreachable";

export interface Broker extends FleetView {
  /** In force at once: sessions of revoked and unlisted devices end. Throws RevocationListError and keeps the former list. */
  applyRegistry(registry: RegistrySettings): Promise<void>;
  /** The device that a certificate stands for, by the rules in force, or why it stands for none. */
  readonly judge: (certificate: X509Certificate) => Identity | Objection;
  /** To `devices/{id}/commands/{name}` with QoS 1; resolves when it is safe. Throws RangeError for what cannot be sent. */
  publishCommand(deviceId: string, name: string, payload: Uint8Array): Promise<CommandOutcome>;
  /** The lists in force. */
  revocationLists(): readonly (RevocationReport & { readonly isExpired: boolean })[];
  address(): { readonly host: string; readonly port: number };
  /** Ends every connection; devices that do not come back after the next start count as vanished. */
  stop(): Promise<void>;
}

/** Behind which a silent connection ends: 1.5 times the longest keep-alive of the device contract, 900 s. */
const idleSeconds = 1350;
const drainSeconds = 20;
const returnSeconds = 60;
const expiryCheckMs = 3_600_000;

/** Throws where the port cannot be opened, a list is not signed by the trust, or the state cannot be read. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { settings, registry, book, environment, log, stateFolder: folder, keyring, logger } = options;
  const authorities = readBundle(settings.clientTrust);
  const gate = new Gate({ authorities, environment, book }, registry);
  const onDamage = (report: object): void => logger.error(report, "broker state is damaged");
  const store = await openStateStore({ folder, keyring, onDamage });
  const { maxPayload, maxConnections, messagesPerSecond, connectSeconds } = settings.limits;
  const timing = { connectSeconds, idleSeconds, drainSeconds, returnSeconds };
  const limits: CoreLimits = { maxPayload, maxConnections, messagesPerSecond, ...timing };
  const core = new Core({ log, store, policy: devicePolicy, limits, logger });
  const broker = new TlsBroker(core, options, gate);
  broker.enforce(registry);
  const unfollow = book?.onDecision(() => broker.reconsider());
  try {
    await broker.listen();
  } catch (error) {
    unfollow?.();
    await core.stop();
    throw error;
  }
  broker.atStop(unfollow);
  return broker;
}

class TlsBroker implements Broker {
  readonly #core: Core;
  readonly #listener: Listener;
  readonly #gate: Gate;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  readonly judge: (certificate: X509Certificate) => Identity | Objection;
  #unfollow: (() => void) | undefined;
  #address: { host: string; port: number } | null = null;

  constructor(core: Core, { settings, book, logger }: BrokerOptions, gate: Gate) {
    this.#core = core;
    this.#gate = gate;
    this.#logger = logger;
    this.judge = (certificate) => {
      book?.follow();
      return this.#judge(certificate);
    };
    this.#listener = new Listener({
      settings,
      accept: (socket, identity) => {
        gate.seen(identity);
        core.accept(socket, identity);
      },
      judge: this.judge,
      refused: (refusal, deviceId) => core.refused(refusal, deviceId),
    });
    this.#timer = setInterval(() => this.#reportExpired(), expiryCheckMs).unref();
  }

  async listen(): Promise<void> {
    this.#address = await this.#listener.listen();
  }

  async applyRegistry(registry: RegistrySettings): Promise<void> {
    this.#gate.apply(registry);
    this.enforce(registry);
  }

  enforce(registry: RegistrySettings): void {
    this.#core.fleet.applyRegistry(registry);
    this.reconsider();
    this.#reportExpired();
  }

  /** Ends sessions of whom the rules in force do not admit any more; the others go on undisturbed. */
  reconsider(): void {
    this.#gate.refreshIssuers();
    for (const connection of [...this.#core.connections]) {
      const { identity } = connection;
      if (identity === null) continue;
      const verdict = this.#judge(identity.certificate);
      if ("refusal" in verdict) connection.end(verdict.refusal);
    }
  }

  atStop(unfollow: (() => void) | undefined): void {
    this.#unfollow = unfollow;
  }

  async publishCommand(deviceId: string, name: string, payload: Uint8Array): Promise<CommandOutcome> {
    const { maxPayload } = this.#core.limits;
    checkCommand(deviceId, name, payload, maxPayload);
    const topic = commandTopic(deviceId, name);
    const { sessions } = this.#core;
    const session = sessions.get(deviceId);
    const granted = session === undefined ? undefined : sessions.tree.match(topic).get(session);
    if (session === undefined || granted === undefined) return "unreachable";
    const outcome = session.deliver({ topic, payload: Buffer.from(payload), qos: granted, retain: false });
    if (outcome === "dropped") {
      if (granted === 1) this.#core.refusals.count("queue full");
      return "unreachable";
    }
    await sessions.save(session);
    return outcome;
  }

  devices() {
    return this.#core.fleet.states();
  }

  stats() {
    return this.#core.stats;
  }

  revocationLists() {
    return this.#gate.lists();
  }

  address() {
    if (this.#address === null) throw new Error("the broker is not listening");
    return this.#address;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#unfollow?.();
    const closed = this.#listener.close();
    await this.#core.stop();
    await closed;
  }

  #judge(certificate: X509Certificate): Identity | Objection {
    const verdict = this.#gate.judge(certificate);
    if (verdict.deviceId !== null) {
      const isRevoked = "refusal" in verdict && verdict.refusal === "certificate revoked";
      this.#core.fleet.entry(verdict.deviceId).isRevoked = isRevoked;
    }
    return verdict;
  }

  #reportExpired(): void {
    for (const { issuer, nextUpdate, isExpired: isOver } of this.revocationLists()) {
      if (isOver) this.#logger.warn({ issuer, nextUpdate }, "revocation list expired; it stays in force");
    }
  }
}

function checkCommand(deviceId: string, name: string, payload: Uint8Array, most: number): void {
  if (!deviceIdPattern.test(deviceId)) {
    throw new RangeError(`deviceId: received "${deviceId}"; allowed: ${deviceIdPattern.source}`);
  }
  if (!levelNamePattern.test(name)) {
    throw new RangeError(`name: received "${name}"; allowed: ${levelNamePattern.source}`);
  }
  if (payload.length > most) {
    throw new RangeError(`payload: received ${payload.length} bytes; allowed: at most ${most}`);
  }
}
