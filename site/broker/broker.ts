/** The MQTT broker of the local target: 3.1 and 3.1.1 over mutual TLS, every message in the log before its PUBACK. */
import type { X509Certificate } from "node:crypto";
import type { SegmentLog } from "../log/ingest-log.ts";
import type { Logger } from "../logger.ts";
import type { FleetView } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import type { BrokerSettings, RegistrySettings } from "../settings.ts";
import { Core, type CoreLimits } from "./core.ts";
import type { Identity } from "./identity.ts";
import { Listener, readBundle } from "./listener.ts";
import { commandTopic, deviceIdPattern, devicePolicy, levelNamePattern } from "./policy.ts";
import type { Refusal } from "./refusals.ts";
import { isExpired, type RevocationReport, Revocations } from "./revocation.ts";
import { openStateStore } from "./state-store.ts";

export interface BrokerOptions {
  readonly settings: BrokerSettings;
  readonly registry: RegistrySettings;
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
  const { settings, registry, log, stateFolder: folder, keyring, logger } = options;
  const authorities = readBundle(settings.clientTrust);
  const revocations = Revocations.read(registry.revocationList, authorities);
  const onDamage = (report: object): void => logger.error(report, "broker state is damaged");
  const store = await openStateStore({ folder, keyring, onDamage });
  const { maxPayload, maxConnections, messagesPerSecond, connectSeconds } = settings.limits;
  const timing = { connectSeconds, idleSeconds, drainSeconds, returnSeconds };
  const limits: CoreLimits = { maxPayload, maxConnections, messagesPerSecond, ...timing };
  const core = new Core({ log, store, policy: devicePolicy, limits, logger });
  const broker = new TlsBroker(core, settings, authorities, logger);
  broker.enforce(registry, revocations);
  try {
    await broker.listen();
  } catch (error) {
    await core.stop();
    throw error;
  }
  return broker;
}

class TlsBroker implements Broker {
  readonly #core: Core;
  readonly #listener: Listener;
  readonly #authorities: readonly X509Certificate[];
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #revocations: Revocations | null = null;
  #address: { host: string; port: number } | null = null;

  constructor(core: Core, settings: BrokerSettings, authorities: readonly X509Certificate[], logger: Logger) {
    this.#core = core;
    this.#authorities = authorities;
    this.#logger = logger;
    this.#listener = new Listener({
      settings,
      accept: (socket, identity) => core.accept(socket, identity),
      objection: (identity) => this.#objection(identity),
      refused: (refusal, deviceId) => core.refused(refusal, deviceId),
    });
    this.#timer = setInterval(() => this.#reportExpired(), expiryCheckMs).unref();
  }

  async listen(): Promise<void> {
    this.#address = await this.#listener.listen();
  }

  async applyRegistry(registry: RegistrySettings): Promise<void> {
    this.enforce(registry, Revocations.read(registry.revocationList, this.#authorities));
  }

  enforce(registry: RegistrySettings, revocations: Revocations): void {
    this.#core.fleet.applyRegistry(registry);
    this.#revocations = revocations;
    for (const connection of [...this.#core.connections]) {
      const { identity } = connection;
      const objection = identity === null ? null : this.#objection(identity);
      if (objection !== null) connection.end(objection);
    }
    this.#reportExpired();
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
    const now = new Date();
    const reports = this.#revocations?.reports ?? [];
    return reports.map((report) => ({ ...report, isExpired: isExpired(report, now) }));
  }

  address() {
    if (this.#address === null) throw new Error("the broker is not listening");
    return this.#address;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const closed = this.#listener.close();
    await this.#core.stop();
    await closed;
  }

  #objection({ deviceId, certificate }: Identity): Refusal | null {
    const isRevoked = this.#revocations?.isRevoked(certificate) ?? true;
    this.#core.fleet.entry(deviceId).isRevoked = isRevoked;
    if (isRevoked) return "certificate revoked";
    return this.#core.fleet.isAdmitted(deviceId) ? null : "device not registered";
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
