/**
 * The registry of one machine: a folder of sealed files that any number of processes share. Each holds the whole of it
 * in memory and follows what the others append; who writes takes the lock, reads to the end, and appends.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ChangeWriter, readChanges } from "./change-codec.ts";
import { firstSegment, Segment, segmentBytes, segmentNumbers, type Sealing } from "./journal.ts";
import { Ledger } from "./ledger.ts";
import type { CertificateRecord, CertificateState, Change, DeviceRecord } from "./model.ts";
import {
  RegistryConflictError,
  type CertificateQuery,
  type FleetRegistry,
  type RegistryCounts,
} from "./registry.ts";
import { readSnapshot, removeOldSnapshots, snapshotNumbers, writeSnapshot } from "./snapshot.ts";
import { WriteLock } from "./write-lock.ts";

export interface LocalRegistryOptions {
  /** Made where it is missing, for its owner only. */
  readonly folder: string;
  readonly sealing: Sealing;
  /** Bytes of a segment. Default 64 MiB. */
  readonly segmentBytes?: number;
  /** Milliseconds that another process may keep writing. Default 60,000. */
  readonly patience?: number;
  /** Default: the system's clock. */
  readonly now?: () => Date;
}

/** Rejects with RegistryError: damage, another key. */
export async function openLocalRegistry(options: LocalRegistryOptions): Promise<LocalRegistry> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const { ledger, segment } = restored(options);
  const registry = new LocalRegistry(options, ledger, segment);
  registry.catchUp();
  return registry;
}

/** The newest snapshot that opens, and the segment that follows it. */
function restored({ folder, sealing }: LocalRegistryOptions): { ledger: Ledger; segment: Segment } {
  const [first = firstSegment] = segmentNumbers(folder);
  for (const number of snapshotNumbers(folder)) {
    const ledger = readSnapshot(folder, number, sealing);
    if (ledger !== null) return { ledger, segment: new Segment(folder, number, sealing) };
  }
  return { ledger: new Ledger(), segment: new Segment(folder, first, sealing) };
}

export class LocalRegistry implements FleetRegistry {
  readonly description: string;
  readonly folder: string;
  /** For who asks within one turn of the event loop; see {@link catchUp}. */
  readonly ledger: Ledger;
  readonly #options: LocalRegistryOptions;
  readonly #lock: WriteLock;
  readonly #now: () => Date;
  readonly #listeners = new Set<(change: Change) => void>();
  #segment: Segment;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: LocalRegistryOptions, ledger: Ledger, segment: Segment) {
    this.#options = options;
    this.ledger = ledger;
    this.#segment = segment;
    this.folder = options.folder;
    this.description = `the registry in ${options.folder}`;
    this.#lock = new WriteLock(join(options.folder, "lock"), options.patience ?? 60_000);
    this.#now = options.now ?? (() => new Date());
  }

  /** Hears of every change from now on, whoever wrote it. Returns what ends it. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes in what other processes have written: some 10 µs where there is nothing new. Throws RegistryError. */
  catchUp(): void {
    for (;;) {
      for (const { offset, body } of this.#segment.read()) this.#apply(body, offset);
      if (!this.#segment.hasSuccessor) return;
      // The successor is begun behind the last frame: one more look finds what came in between.
      for (const { offset, body } of this.#segment.read()) this.#apply(body, offset);
      const former = this.#segment;
      this.#segment = new Segment(this.#options.folder, former.number + 1, this.#options.sealing);
      former.close();
    }
  }

  async record(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const turn = this.#writing.then(() => this.#lock.hold(() => this.#write(changes)));
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  async device(id: string): Promise<DeviceRecord | null> {
    this.catchUp();
    const row = this.ledger.devices.find(id);
    return row < 0 ? null : this.ledger.devices.record(row);
  }

  async invitation(deviceId: string): Promise<Date | null> {
    this.catchUp();
    const row = this.ledger.devices.find(deviceId);
    return row < 0 ? null : this.ledger.devices.invitedAt(row);
  }

  async certificate(serial: string): Promise<CertificateRecord | null> {
    this.catchUp();
    return this.#certificateAt(this.ledger.certificates.find(serial));
  }

  async certificatesOf(deviceId: string): Promise<readonly CertificateRecord[]> {
    this.catchUp();
    const { devices, certificates } = this.ledger;
    const device = devices.find(deviceId);
    const found: CertificateRecord[] = [];
    for (let row = device < 0 ? -1 : devices.newest(device); row >= 0; row = certificates.previous(row)) {
      found.push(this.#certificateAt(row) as CertificateRecord);
    }
    return found;
  }

  async certificateOfKey(keyId: string): Promise<CertificateRecord | null> {
    this.catchUp();
    return this.#certificateAt(this.ledger.certificates.findKey(keyId));
  }

  async encoded(serial: string): Promise<Buffer | null> {
    this.catchUp();
    const row = this.ledger.certificates.find(serial);
    if (row < 0) return null;
    const { segment: number, offset } = this.ledger.certificates.location(row);
    const isCurrent = number === this.#segment.number;
    const segment = isCurrent
      ? this.#segment
      : new Segment(this.#options.folder, number, this.#options.sealing);
    try {
      for (const change of readChanges(segment.frameAt(offset)?.body ?? Buffer.alloc(0))) {
        if (change.kind === "certificate" && change.certificate.serial === serial)
          return change.certificate.der;
      }
      return null;
    } finally {
      if (!isCurrent) segment.close();
    }
  }

  async *certificates(query: CertificateQuery = {}): AsyncGenerator<CertificateRecord> {
    this.catchUp();
    const { certificates } = this.ledger;
    const { states, expiresBefore, idPrefix, issuer } = query;
    const now = this.#seconds();
    const until = expiresBefore === undefined ? null : expiresBefore.getTime() / 1000;
    const rows = certificates.rows;
    for (let row = 0; row < rows; row += 1) {
      if (states !== undefined && !states.includes(certificates.state(row, now))) continue;
      if (until !== null && certificates.notAfter(row) >= until) continue;
      const record = this.ledger.certificate(row, now);
      if (idPrefix !== undefined && !record.deviceId.startsWith(idPrefix)) continue;
      if (issuer !== undefined && record.issuer !== issuer) continue;
      yield record;
    }
  }

  async *devices(): AsyncGenerator<DeviceRecord> {
    this.catchUp();
    const { devices } = this.ledger;
    const rows = devices.rows;
    for (let row = 0; row < rows; row += 1) yield devices.record(row);
  }

  async counts(): Promise<RegistryCounts> {
    this.catchUp();
    const { devices, certificates } = this.ledger;
    const counts: Record<CertificateState, number> = {
      issued: 0,
      active: 0,
      superseded: 0,
      revoked: 0,
      expired: 0,
    };
    const now = this.#seconds();
    for (let row = 0; row < certificates.rows; row += 1) counts[certificates.state(row, now)] += 1;
    return { devices: devices.rows, certificates: counts };
  }

  async issuers() {
    this.catchUp();
    return [...this.ledger.issuers];
  }

  async lists() {
    this.catchUp();
    return [...this.ledger.lists.values()];
  }

  async lastChange(): Promise<Date | null> {
    this.catchUp();
    return this.ledger.lastChange === 0 ? null : new Date(this.ledger.lastChange * 1000);
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#listeners.clear();
    this.#segment.close();
    this.#lock.close();
  }

  async #write(changes: readonly Change[]): Promise<void> {
    this.catchUp();
    const conflicts = this.ledger.conflicts(changes);
    if (conflicts.length > 0) throw new RegistryConflictError(conflicts);
    const writer = new ChangeWriter();
    for (const change of changes) writer.write(change);
    const offset = await this.#segment.append(writer.bytes());
    this.#apply(writer.bytes(), offset);
    if (this.#segment.end >= (this.#options.segmentBytes ?? segmentBytes)) await this.#rollOver();
  }

  /** The next segment, and a snapshot of everything before it. */
  async #rollOver(): Promise<void> {
    const { folder, sealing } = this.#options;
    const former = this.#segment;
    const next = new Segment(folder, former.number + 1, sealing);
    // Before the snapshot: from here on nobody appends to the former segment, so that the snapshot stays true.
    await next.begin();
    this.#segment = next;
    former.close();
    // A disk without room for a snapshot is one for the next append to report; a start reads the journal instead.
    await writeSnapshot(folder, next.number, this.ledger, sealing).catch(() => undefined);
    await removeOldSnapshots(folder);
  }

  #apply(body: Buffer, offset: number): void {
    for (const change of readChanges(body)) {
      this.ledger.apply(change, { segment: this.#segment.number, offset });
      for (const listener of this.#listeners) listener(change);
    }
  }

  #certificateAt(row: number): CertificateRecord | null {
    return row < 0 ? null : this.ledger.certificate(row, this.#seconds());
  }

  #seconds(): number {
    return Math.floor(this.#now().getTime() / 1000);
  }
}
