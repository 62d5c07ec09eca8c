/**
 * The fleet's registry as the site uses it: asked at each connect, followed for what others write into it, and told
 * which certificates are in use.
 */
import { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "../../fleet/admission/judgement.ts";
import { keyIdOf } from "../../fleet/registry/key-id.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import type { LocalRegistry } from "../../fleet/registry/local-registry.ts";
import type { Change, IssuerRecord, ListRecord } from "../../fleet/registry/model.ts";
import { readPublicKey } from "../../fleet/x509/algorithms.ts";
import { RegistryConflictError } from "../../fleet/registry/registry.ts";
import type { Logger } from "../logger.ts";

/** What others write is in force after that at the latest. */
const followMs = 500;
/** Certificates in use for the first time are written down together. */
const noteMs = 1000;
/** Changes that may end a session. */
const deciding: ReadonlySet<Change["kind"]> = new Set(["revoked", "superseded", "issuer"]);

export interface FleetBookOptions {
  readonly registry: LocalRegistry;
  readonly logger: Logger;
}

export class FleetBook {
  /** For who reads and writes more than connects need. */
  readonly registry: LocalRegistry;
  readonly #logger: Logger;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #listeners = new Set<() => void>();
  /** By serial: what is in use and not written down yet. */
  readonly #unnoted = new Map<string, readonly Change[]>();
  #noting: Promise<void> = Promise.resolve();
  #isDeciding = false;
  readonly #problems = new Map<"read" | "written", string>();

  constructor({ registry, logger }: FleetBookOptions) {
    this.registry = registry;
    this.#logger = logger;
    registry.onChange(({ kind }) => (this.#isDeciding ||= deciding.has(kind)));
    this.#timers = [
      setInterval(() => this.follow(), followMs).unref(),
      setInterval(() => void this.#note(), noteMs).unref(),
    ];
  }

  /** Calls back once what was written may end a session. Returns what ends that. */
  onDecision(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  isRegistered(deviceId: string): boolean {
    return this.registry.ledger.devices.find(deviceId) >= 0;
  }

  profile(deviceId: string): string | null {
    const { devices } = this.registry.ledger;
    const row = devices.find(deviceId);
    return row < 0 ? null : devices.profile(row);
  }

  /** `null` where the registry does not know the certificate. */
  facts(serial: string): CertificateFacts | null {
    const { certificates, devices } = this.registry.ledger;
    const row = certificates.find(serial);
    if (row < 0) return null;
    return {
      deviceId: devices.id(certificates.device(row)),
      isRevoked: certificates.isRevoked(row),
      supersededAt: certificates.isSuperseded(row) ? certificates.endedAt(row) : null,
    };
  }

  get issuers(): readonly IssuerRecord[] {
    return this.registry.ledger.issuers;
  }

  /** The newest list of the issuer with this subject; `null` where none was made. */
  list(subject: string): ListRecord | null {
    const { issuers, lists } = this.registry.ledger;
    const issuer = issuers.find(({ certificate }) => new X509Certificate(certificate).subject === subject);
    return issuer === undefined ? null : (lists.get(issuer.id) ?? null);
  }

  get counts() {
    const { devices, certificates } = this.registry.ledger;
    return { devices: devices.rows, certificates: certificates.rows, revoked: certificates.revoked };
  }

  /** Why the registry can't be read or written; empty where it can. */
  get problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  /** The certificate is in use: what came before it is over. */
  seen(certificate: X509Certificate, deviceId: string, issuer: X509Certificate, now: Date): void {
    const serial = serialOf(certificate);
    if (this.#unnoted.has(serial)) return;
    const { certificates, devices } = this.registry.ledger;
    const row = certificates.find(serial);
    if (row >= 0 && certificates.isSeen(row)) return;
    const changes: Change[] = [];
    if (row < 0) {
      const imported = this.#imported(certificate, deviceId, issuer, now);
      if (imported === null) return;
      changes.push(imported);
    }
    changes.push({ kind: "seen", serial, at: now });
    const device = devices.find(deviceId);
    const newest = row >= 0 ? certificates.previous(row) : device < 0 ? -1 : devices.newest(device);
    for (let former = newest; former >= 0; former = certificates.previous(former)) {
      if (certificates.isRevoked(former) || certificates.isSuperseded(former)) continue;
      changes.push({ kind: "superseded", serial: certificates.serial(former), at: now });
    }
    this.#unnoted.set(serial, changes);
  }

  /** Takes in what other processes have written: cheap enough for every connect. */
  follow(): void {
    try {
      this.registry.catchUp();
      this.#solved("read");
    } catch (error) {
      this.#failed("read", error as Error);
    }
    if (!this.#isDeciding) return;
    this.#isDeciding = false;
    for (const listener of this.#listeners) listener();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#note();
    await this.registry.close();
  }

  #note(): Promise<void> {
    this.#noting = this.#noting.then(async () => {
      if (this.#unnoted.size === 0) return;
      const noted = new Map(this.#unnoted);
      try {
        await this.registry.record([...noted.values()].flat());
        for (const serial of noted.keys()) this.#unnoted.delete(serial);
        this.#solved("written");
      } catch (error) {
        this.#failed("written", error as Error);
        // What contradicts the registry never fits; anything else is written as soon as it can be.
        if (error instanceof RegistryConflictError) this.#unnoted.clear();
      }
    });
    return this.#noting;
  }

  /** A certificate that the authority of this fleet signed elsewhere: it becomes known by being used. */
  #imported(
    certificate: X509Certificate,
    deviceId: string,
    issuer: X509Certificate,
    now: Date,
  ): Change | null {
    const id = issuerId(issuer);
    if (this.registry.ledger.issuerNumber(id) < 0) return null;
    const spki = certificate.publicKey.export({ type: "spki", format: "der" });
    const keyId = keyIdOf(spki);
    const owner = this.registry.ledger.certificates.findKey(keyId);
    // Two devices with one key: an audit says so, and the registry keeps to one device a key.
    if (owner >= 0 && this.#deviceOf(owner) !== deviceId) return null;
    return {
      kind: "certificate",
      certificate: {
        deviceId,
        serial: serialOf(certificate),
        issuer: id,
        notBefore: certificate.validFromDate,
        notAfter: certificate.validToDate,
        keyId,
        keyKind: readPublicKey(spki).kind,
        source: "imported",
        recordedAt: now,
        der: certificate.raw,
      },
    };
  }

  #deviceOf(row: number): string {
    const { certificates, devices } = this.registry.ledger;
    return devices.id(certificates.device(row));
  }

  #solved(work: "read" | "written"): void {
    this.#problems.delete(work);
  }

  /** Once for each problem: it is tried again all the time. */
  #failed(work: "read" | "written", { message }: Error): void {
    if (this.#problems.get(work) === message) return;
    this.#problems.set(work, message);
    this.#logger.error({ error: message }, `the fleet's registry can't be ${work}`);
  }
}

/** As the registry writes it. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, "");
}
