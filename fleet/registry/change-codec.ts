/** Changes as bytes: a kind, its fields in order; texts and serial numbers behind their length, times in seconds. */
import { keyKinds } from "../x509/algorithms.ts";
import { reasonNames, sources, storedIssuer, storedList, type Change } from "./model.ts";

const kinds = [
  "device",
  "certificate",
  "seen",
  "superseded",
  "revoked",
  "issuer",
  "list",
  "invited",
] as const;
export const keyIdBytes = 16;
/** A date beyond what 32 bits of seconds hold (2106) has no end (RFC 5280, 4.1.2.5: 99991231235959Z). */
const noEnd = 0xffff_ffff;
const endless = new Date("9999-12-31T23:59:59Z");

const never = new Date(0);

export const toSeconds = (date: Date): number => Math.min(Math.floor(date.getTime() / 1000), noEnd);
export const fromSeconds = (seconds: number): Date =>
  seconds === noEnd ? endless : new Date(seconds * 1000);

/** Grows as it is written to. */
export class ChangeWriter {
  #bytes = Buffer.allocUnsafe(1 << 16);
  #length = 0;
  count = 0;

  get length(): number {
    return this.#length;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  write(change: Change): void {
    this.count += 1;
    this.#byte(kinds.indexOf(change.kind));
    switch (change.kind) {
      case "device": {
        const { id, profile, source, enrolledAt } = change.device;
        this.#text(id);
        this.#text(profile ?? "");
        this.#byte(sources.indexOf(source));
        return this.#time(enrolledAt);
      }
      case "certificate": {
        const { certificate } = change;
        this.#text(certificate.deviceId);
        this.#hex(certificate.serial);
        this.#hex(certificate.issuer);
        this.#time(certificate.notBefore);
        this.#time(certificate.notAfter);
        this.#hex(certificate.keyId);
        this.#byte(keyKinds.indexOf(certificate.keyKind));
        this.#byte(sources.indexOf(certificate.source));
        this.#time(certificate.recordedAt);
        return this.#long(certificate.der);
      }
      case "seen":
      case "superseded":
        this.#hex(change.serial);
        return this.#time(change.at);
      case "revoked":
        this.#hex(change.serial);
        this.#time(change.at);
        return this.#byte(reasonNames.indexOf(change.reason));
      case "invited":
        this.#text(change.deviceId);
        return this.#time(change.at ?? never);
      case "issuer":
        return this.#long(Buffer.from(JSON.stringify(change.issuer)));
      case "list":
        return this.#long(Buffer.from(JSON.stringify(change.list)));
    }
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  #byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  #time(date: Date): void {
    this.#room(4);
    this.#length = this.#bytes.writeUInt32LE(toSeconds(date), this.#length);
  }

  #text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#byte(length);
    this.#room(length);
    this.#length += this.#bytes.write(text, this.#length);
  }

  #hex(hex: string): void {
    const even = hex.length % 2 === 0 ? hex : `0${hex}`;
    this.#byte(even.length / 2);
    this.#room(even.length / 2);
    this.#length += this.#bytes.write(even, this.#length, "hex");
  }

  #long(bytes: Buffer): void {
    this.#room(4 + bytes.length);
    this.#length = this.#bytes.writeUInt32LE(bytes.length, this.#length);
    this.#length += bytes.copy(this.#bytes, this.#length);
  }
}

/** Reads what {@link ChangeWriter} wrote; the bytes were authenticated before. */
export function* readChanges(bytes: Buffer): Generator<Change> {
  const reader = new Reader(bytes);
  while (reader.at < bytes.length) yield readChange(reader);
}

function readChange(from: Reader): Change {
  const kind = kinds[from.byte()];
  switch (kind) {
    case "device": {
      const id = from.text();
      const profile = from.text();
      const source = sources[from.byte()] as (typeof sources)[number];
      return {
        kind,
        device: { id, profile: profile === "" ? null : profile, source, enrolledAt: from.time() },
      };
    }
    case "certificate":
      return {
        kind,
        certificate: {
          deviceId: from.text(),
          serial: plain(from.hex()),
          issuer: from.hex(),
          notBefore: from.time(),
          notAfter: from.time(),
          keyId: from.hex(),
          keyKind: keyKinds[from.byte()] as (typeof keyKinds)[number],
          source: sources[from.byte()] as (typeof sources)[number],
          recordedAt: from.time(),
          der: from.long(),
        },
      };
    case "seen":
    case "superseded":
      return { kind, serial: plain(from.hex()), at: from.time() };
    case "revoked":
      return {
        kind,
        serial: plain(from.hex()),
        at: from.time(),
        reason: reasonNames[from.byte()] as (typeof reasonNames)[number],
      };
    case "invited": {
      const deviceId = from.text();
      const at = from.time();
      return { kind, deviceId, at: at.getTime() === never.getTime() ? null : at };
    }
    case "issuer":
      return { kind, issuer: storedIssuer.parse(JSON.parse(from.long().toString())) };
    case "list":
      return { kind, list: storedList.parse(JSON.parse(from.long().toString())) };
    default:
      throw new Error("a change of a kind that this version does not know: use the version that wrote it");
  }
}

/** Without the zero that makes its length even. */
const plain = (hex: string): string => (hex.startsWith("0") && hex.length > 1 ? hex.slice(1) : hex);

class Reader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.at++);
  }

  time(): Date {
    this.at += 4;
    return fromSeconds(this.#bytes.readUInt32LE(this.at - 4));
  }

  text(): string {
    const length = this.byte();
    return this.#bytes.toString("utf8", this.at, (this.at += length));
  }

  hex(): string {
    const length = this.byte();
    return this.#bytes.toString("hex", this.at, (this.at += length));
  }

  /** Shares the memory it was read from. */
  long(): Buffer {
    const length = this.#bytes.readUInt32LE(this.at);
    this.at += 4;
    return this.#bytes.subarray(this.at, (this.at += length));
  }
}
