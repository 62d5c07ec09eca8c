/** A registry as the authority, the command line and the brokers use it, wherever it is kept. */
import type {
  CertificateRecord,
  CertificateState,
  Change,
  DeviceRecord,
  IssuerRecord,
  ListRecord,
} from "./model.ts";

export interface CertificateQuery {
  readonly states?: readonly CertificateState[];
  /** Ends before that. */
  readonly expiresBefore?: Date;
  /** Begins with that; ids are in lower case. */
  readonly idPrefix?: string;
  readonly issuer?: string;
}

export interface RegistryCounts {
  readonly devices: number;
  readonly certificates: Readonly<Record<CertificateState, number>>;
}

/** Why a change can't be written. */
export interface Conflict {
  /** Of the change among those that were handed in. */
  readonly index: number;
  readonly kind: "serial" | "key" | "unknown" | "changed";
  readonly message: string;
}

/** Nothing of what was handed in was written. */
export class RegistryConflictError extends Error {
  override readonly name = "RegistryConflictError";
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super(conflicts.map(({ message }) => message).join("\n"));
    this.conflicts = conflicts;
  }
}

/** The registry can't be read or written: full disk, damage, no right, no network. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
}

export interface FleetRegistry {
  /** Where it is, for messages. */
  readonly description: string;
  /** Certificates that one `record` takes with what belongs to them; absent: any number. */
  readonly mostCertificates?: number;
  /** Changes that one `record` takes where none is a certificate; absent: any number. */
  readonly mostChanges?: number;
  device(id: string): Promise<DeviceRecord | null>;
  /** When the device was invited to fetch a certificate; `null` where it is not, or has fetched it since. */
  invitation(deviceId: string): Promise<Date | null>;
  certificate(serial: string): Promise<CertificateRecord | null>;
  /** Newest first. */
  certificatesOf(deviceId: string): Promise<readonly CertificateRecord[]>;
  /** The newest certificate of a key. */
  certificateOfKey(keyId: string): Promise<CertificateRecord | null>;
  /** DER as it was handed out; `null` where the registry never had it or has forgotten it. */
  encoded(serial: string): Promise<Buffer | null>;
  /** In the order in which they were recorded. */
  certificates(query?: CertificateQuery): AsyncIterable<CertificateRecord>;
  devices(): AsyncIterable<DeviceRecord>;
  counts(): Promise<RegistryCounts>;
  issuers(): Promise<readonly IssuerRecord[]>;
  lists(): Promise<readonly ListRecord[]>;
  /** When the registry was last written to; `null` where it is empty. */
  lastChange(): Promise<Date | null>;
  /**
   * All of it, durable, or none: rejects with {@link RegistryConflictError}, {@link RegistryError}. Serial numbers are
   * unique, a key belongs to one device, what ends exists, a certificate follows the one that it says.
   */
  record(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}
