/** The state that a registry's changes add up to, and the rules that a change must keep to. */
import { X509Certificate } from "node:crypto";
import { CertificateTable, serialBytes, type Location } from "./certificate-table.ts";
import { DeviceTable } from "./device-table.ts";
import {
  reasonNames,
  type CertificateRecord,
  type Change,
  type IssuerRecord,
  type ListRecord,
  type NewCertificate,
} from "./model.ts";
import type { Conflict } from "./registry.ts";

/** Some 110 bytes for a device and its certificate. */
export class Ledger {
  readonly devices = new DeviceTable();
  readonly certificates = new CertificateTable();
  /** By the number that rows hold. */
  readonly issuers: IssuerRecord[] = [];
  readonly lists = new Map<string, ListRecord>();
  /** Seconds since 1970; 0 before the first. */
  lastChange = 0;

  /** What speaks against these changes, were they applied in order. */
  conflicts(changes: readonly Change[]): Conflict[] {
    const serials = new Map<string, number>();
    const keys = new Map<string, string>();
    const added = new Set<string>();
    return changes.flatMap((change, index): Conflict[] => {
      if (change.kind === "invited") {
        const isKnown = this.devices.find(change.deviceId) >= 0 || added.has(change.deviceId);
        return isKnown ? [] : [{ index, kind: "unknown", message: `${change.deviceId} is not registered` }];
      }
      if (change.kind === "device") added.add(change.device.id);
      if (change.kind === "certificate") {
        const conflict =
          this.#orderConflict(change.certificate.deviceId, change.follows) ??
          this.#certificateConflict(change.certificate, serials, keys);
        serials.set(change.certificate.serial, index);
        if (conflict === null) keys.set(change.certificate.keyId, change.certificate.deviceId);
        return conflict === null ? [] : [{ index, ...conflict }];
      }
      if (!("serial" in change)) return [];
      const isKnown = serials.has(change.serial) || this.certificates.find(change.serial) >= 0;
      return isKnown
        ? []
        : [{ index, kind: "unknown", message: `no certificate has the serial ${change.serial}` }];
    });
  }

  #orderConflict(deviceId: string, follows: string | null | undefined): Omit<Conflict, "index"> | null {
    if (follows === undefined) return null;
    const device = this.devices.find(deviceId);
    const newest = device < 0 ? -1 : this.devices.newest(device);
    if ((newest < 0 ? null : this.certificates.serial(newest)) === follows) return null;
    return {
      kind: "changed",
      message: `${deviceId}: it was issued another certificate at the same time: ask again`,
    };
  }

  #certificateConflict(
    { serial, keyId, deviceId, issuer }: NewCertificate,
    serials: ReadonlyMap<string, number>,
    keys: ReadonlyMap<string, string>,
  ): Omit<Conflict, "index"> | null {
    if (serial.length > 2 * serialBytes || serials.has(serial) || this.certificates.find(serial) >= 0) {
      return { kind: "serial", message: `${deviceId}: the serial ${serial} is taken already` };
    }
    if (this.issuerNumber(issuer) < 0) {
      return { kind: "unknown", message: `${deviceId}: no issuer of the registry has the id ${issuer}` };
    }
    const row = this.certificates.findKey(keyId);
    const owner = row < 0 ? keys.get(keyId) : this.devices.id(this.certificates.device(row));
    if (owner !== undefined && owner !== deviceId) {
      return {
        kind: "key",
        message: `${deviceId}: its key is the one of ${owner}; a key belongs to one device: make another`,
      };
    }
    return null;
  }

  /** Changes that were written, in their order. */
  apply(change: Change, location: Location): void {
    switch (change.kind) {
      case "device":
        this.devices.put(change.device);
        return this.#note(change.device.enrolledAt);
      case "certificate": {
        const { certificate } = change;
        if (this.devices.find(certificate.deviceId) < 0) {
          const { deviceId: id, source, recordedAt: enrolledAt } = certificate;
          this.devices.put({ id, profile: null, source, enrolledAt });
        }
        const device = this.devices.find(certificate.deviceId);
        const issuer = this.issuerNumber(certificate.issuer);
        const former = this.devices.newest(device);
        const row = this.certificates.add(certificate, device, former, issuer, location);
        this.devices.setNewest(device, row);
        return this.#note(certificate.recordedAt);
      }
      case "invited":
        this.devices.invite(this.devices.find(change.deviceId), change.at);
        return change.at === null ? undefined : this.#note(change.at);
      case "seen":
        this.certificates.see(this.certificates.find(change.serial), change.at);
        return this.#note(change.at);
      case "superseded":
        this.certificates.supersede(this.certificates.find(change.serial), change.at);
        return this.#note(change.at);
      case "revoked": {
        const row = this.certificates.find(change.serial);
        this.certificates.revoke(row, change.at, reasonNames.indexOf(change.reason));
        return this.#note(change.at);
      }
      case "issuer": {
        const known = this.issuerNumber(change.issuer.id);
        if (known >= 0) this.issuers[known] = change.issuer;
        else this.issuers.push(change.issuer);
        return this.#note(change.issuer.at);
      }
      case "list":
        this.lists.set(change.list.issuer, change.list);
        return this.#note(change.list.thisUpdate);
    }
  }

  issuerNumber(id: string): number {
    return this.issuers.findIndex((issuer) => issuer.id === id);
  }

  certificate(row: number, now: number): CertificateRecord {
    const { certificates, devices } = this;
    const issuer = this.issuers[certificates.issuer(row)] as IssuerRecord;
    return certificates.record(row, devices.id(certificates.device(row)), issuer.id, now);
  }

  #note(at: Date): void {
    this.lastChange = Math.max(this.lastChange, Math.floor(at.getTime() / 1000));
  }
}

/** The id that an issuer goes by in a registry. */
export function issuerId(certificate: string | X509Certificate): string {
  const { fingerprint256 } = typeof certificate === "string" ? new X509Certificate(certificate) : certificate;
  return fingerprint256.replaceAll(":", "").slice(0, 32).toLowerCase();
}
