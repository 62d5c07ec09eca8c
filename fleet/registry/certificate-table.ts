/** Certificates in memory, outside the JavaScript heap: 80 bytes each, found by serial number and by key. */
import { keyKinds } from "../x509/algorithms.ts";
import { fromSeconds, keyIdBytes, toSeconds } from "./change-codec.ts";
import { bytes, BytesColumn, RowIndex, words } from "./columns.ts";
import {
  reasonNames,
  sources,
  type CertificateRecord,
  type CertificateState,
  type NewCertificate,
} from "./model.ts";
import { Table } from "./table.ts";

/** Octets of the longest serial number (RFC 5280, 4.1.2.2). */
export const serialBytes = 20;

/** How a certificate ended, other than by its own date. */
const Ending = { none: 0, superseded: 1, revoked: 2 } as const;

/** Where a certificate's DER is: the journal's segment, and the frame in it. */
export interface Location {
  readonly segment: number;
  readonly offset: number;
}

export class CertificateTable extends Table {
  readonly #serial = new BytesColumn(serialBytes);
  readonly #keyId = new BytesColumn(keyIdBytes);
  readonly #device = words();
  /** Row of the certificate that its device had before, plus one. */
  readonly #previous = words();
  readonly #notBefore = words();
  readonly #notAfter = words();
  readonly #recordedAt = words();
  readonly #seenAt = words();
  readonly #endedAt = words();
  readonly #ending = bytes();
  readonly #reason = bytes();
  readonly #issuer = bytes();
  readonly #keyKind = bytes();
  readonly #source = bytes();
  readonly #segment = words();
  readonly #offset = words();
  readonly columns = [
    this.#serial,
    this.#keyId,
    this.#device,
    this.#previous,
    this.#notBefore,
    this.#notAfter,
    this.#recordedAt,
    this.#seenAt,
    this.#endedAt,
    this.#ending,
    this.#reason,
    this.#issuer,
    this.#keyKind,
    this.#source,
    this.#segment,
    this.#offset,
  ];
  readonly #bySerial = new RowIndex((row) => this.#serial.hash(row));
  readonly #byKey = new RowIndex((row) => this.#keyId.hash(row));
  /** Rows that were revoked. */
  revoked = 0;

  find(serial: string): number {
    return find(this.#bySerial, this.#serial, serial);
  }

  /** The newest of the key. */
  findKey(keyId: string): number {
    return find(this.#byKey, this.#keyId, keyId);
  }

  add(
    certificate: NewCertificate,
    device: number,
    previous: number,
    issuer: number,
    location: Location,
  ): number {
    const row = this.addRow();
    this.#serial.set(row, certificate.serial);
    this.#keyId.set(row, certificate.keyId);
    this.#device.set(row, device);
    this.#previous.set(row, previous + 1);
    this.#notBefore.set(row, toSeconds(certificate.notBefore));
    this.#notAfter.set(row, toSeconds(certificate.notAfter));
    this.#recordedAt.set(row, toSeconds(certificate.recordedAt));
    this.#issuer.set(row, issuer);
    this.#keyKind.set(row, keyKinds.indexOf(certificate.keyKind));
    this.#source.set(row, sources.indexOf(certificate.source));
    this.#segment.set(row, location.segment);
    this.#offset.set(row, location.offset);
    this.#bySerial.add(row);
    this.#indexKey(row, certificate.keyId);
    return row;
  }

  /** True where that is news. */
  see(row: number, at: Date): boolean {
    if (this.#seenAt.get(row) !== 0) return false;
    this.#seenAt.set(row, toSeconds(at));
    return true;
  }

  supersede(row: number, at: Date): void {
    if (this.#ending.get(row) !== Ending.none) return;
    this.#ending.set(row, Ending.superseded);
    this.#endedAt.set(row, toSeconds(at));
  }

  /** The first revocation counts: its date is on lists already. */
  revoke(row: number, at: Date, reason: number): void {
    if (this.#ending.get(row) === Ending.revoked) return;
    this.#ending.set(row, Ending.revoked);
    this.#endedAt.set(row, toSeconds(at));
    this.#reason.set(row, reason);
    this.revoked += 1;
  }

  isRevoked(row: number): boolean {
    return this.#ending.get(row) === Ending.revoked;
  }

  isSuperseded(row: number): boolean {
    return this.#ending.get(row) === Ending.superseded;
  }

  isSeen(row: number): boolean {
    return this.#seenAt.get(row) !== 0;
  }

  device(row: number): number {
    return this.#device.get(row);
  }

  previous(row: number): number {
    return this.#previous.get(row) - 1;
  }

  issuer(row: number): number {
    return this.#issuer.get(row);
  }

  serial(row: number): string {
    return this.#serial.hex(row).replace(/^0+(?=.)/, "");
  }

  endedAt(row: number): Date {
    return fromSeconds(this.#endedAt.get(row));
  }

  /** Seconds since 1970. */
  notAfter(row: number): number {
    return this.#notAfter.get(row);
  }

  location(row: number): Location {
    return { segment: this.#segment.get(row), offset: this.#offset.get(row) };
  }

  state(row: number, now: number): CertificateState {
    const ending = this.#ending.get(row);
    if (ending === Ending.revoked) return "revoked";
    if (this.#notAfter.get(row) < now) return "expired";
    if (ending === Ending.superseded) return "superseded";
    return this.isSeen(row) ? "active" : "issued";
  }

  record(row: number, deviceId: string, issuer: string, now: number): CertificateRecord {
    const seenAt = this.#seenAt.get(row);
    const endedAt = this.#endedAt.get(row);
    return {
      deviceId,
      serial: this.serial(row),
      issuer,
      notBefore: fromSeconds(this.#notBefore.get(row)),
      notAfter: fromSeconds(this.#notAfter.get(row)),
      keyId: this.#keyId.hex(row),
      keyKind: keyKinds[this.#keyKind.get(row)] as CertificateRecord["keyKind"],
      source: sources[this.#source.get(row)] as CertificateRecord["source"],
      state: this.state(row, now),
      recordedAt: fromSeconds(this.#recordedAt.get(row)),
      seenAt: seenAt === 0 ? null : fromSeconds(seenAt),
      endedAt: endedAt === 0 ? null : fromSeconds(endedAt),
      reason: this.isRevoked(row)
        ? (reasonNames[this.#reason.get(row)] as CertificateRecord["reason"])
        : null,
    };
  }

  reindex(): void {
    this.#bySerial.reserve(this.rows);
    this.#byKey.reserve(this.rows);
    this.revoked = 0;
    for (let row = 0; row < this.rows; row += 1) {
      this.#bySerial.add(row);
      this.#indexKey(row, this.#keyId.hex(row));
      if (this.isRevoked(row)) this.revoked += 1;
    }
  }

  #indexKey(row: number, keyId: string): void {
    const former = this.findKey(keyId);
    if (former < 0) this.#byKey.add(row);
    else this.#byKey.replace(former, row);
  }
}

function find(index: RowIndex, column: BytesColumn, hex: string): number {
  if (hex.length > 2 * column.width) return -1;
  const key = Buffer.from(hex.padStart(2 * column.width, "0"), "hex");
  if (key.length !== column.width) return -1;
  return index.find(key.readUInt32LE(column.width - 4), (row) => column.equals(row, key));
}
