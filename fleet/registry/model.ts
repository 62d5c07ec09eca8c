/** What a registry of a fleet knows: devices, their certificates, who issued them, and how that came about. */
import { z } from "zod";
import { revocationReasons, type RevocationReason } from "../authority/revocation-list.ts";
import { signerReference, type SignerReference } from "../authority/signers/open.ts";
import type { KeyKind } from "../x509/algorithms.ts";

/**
 * The life of a certificate. `issued`: handed out, not seen yet. `active`: seen in use. `superseded`: a newer one of
 * the device was seen in use. `revoked`: by its owner. `expired`: over by its own date. Never stored, but derived.
 */
export const certificateStates = ["issued", "active", "superseded", "revoked", "expired"] as const;
export type CertificateState = (typeof certificateStates)[number];

/** `stack`: pinned in a stack. `issued`: by this authority. `imported`: made elsewhere. */
export const sources = ["stack", "issued", "imported"] as const;
export type Source = (typeof sources)[number];

export interface DeviceRecord {
  readonly id: string;
  /** Name of the profile that decodes it; `null` where bindings decide. */
  readonly profile: string | null;
  readonly source: Source;
  readonly enrolledAt: Date;
}

export interface CertificateRecord {
  readonly deviceId: string;
  /** Hex, lower case, no leading zeros. */
  readonly serial: string;
  /** Id of the {@link IssuerRecord}. */
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** First 16 octets of SHA-256 of its SubjectPublicKeyInfo, hex: names the key, reveals nothing of it. */
  readonly keyId: string;
  readonly keyKind: KeyKind;
  readonly source: Source;
  readonly state: CertificateState;
  readonly recordedAt: Date;
  /** When it was first seen in use; `null` where it was not. */
  readonly seenAt: Date | null;
  /** When it was superseded or revoked. */
  readonly endedAt: Date | null;
  /** Of a revoked one. */
  readonly reason: RevocationReason | null;
}

/**
 * `announced`: trusted, does not sign yet. `current`: signs. `retiring`: trusted, signs no more. `retired`: not trusted.
 */
export const standings = ["announced", "current", "retiring", "retired"] as const;
export type Standing = (typeof standings)[number];

export interface IssuerRecord {
  /** First 16 octets of SHA-256 of the certificate, hex. */
  readonly id: string;
  /** PEM. */
  readonly certificate: string;
  readonly standing: Standing;
  /** Where its key is, as far as that may be written down; `null`: with the stack. */
  readonly signer: SignerReference | null;
  readonly at: Date;
}

/** The newest revocation list of an issuer. */
export interface ListRecord {
  readonly issuer: string;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: number;
}

/**
 * What may be written into a registry; it is never taken back. `follows` is the newest certificate that the device has by
 * the knowledge of who writes, `null` for none: the change is refused where that is not so any more. `invited`: the device
 * may fetch its next certificate by the bootstrap token made at that time; its next certificate ends that, and so does
 * `null`.
 */
export type Change =
  | { readonly kind: "device"; readonly device: DeviceRecord }
  | {
      readonly kind: "certificate";
      readonly certificate: NewCertificate;
      /** Serial number. */
      readonly follows?: string | null;
    }
  | { readonly kind: "invited"; readonly deviceId: string; readonly at: Date | null }
  | { readonly kind: "seen"; readonly serial: string; readonly at: Date }
  | { readonly kind: "superseded"; readonly serial: string; readonly at: Date }
  | {
      readonly kind: "revoked";
      readonly serial: string;
      readonly at: Date;
      readonly reason: RevocationReason;
    }
  | { readonly kind: "issuer"; readonly issuer: IssuerRecord }
  | { readonly kind: "list"; readonly list: ListRecord };

export interface NewCertificate {
  readonly deviceId: string;
  readonly serial: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly keyId: string;
  readonly keyKind: KeyKind;
  readonly source: Source;
  readonly recordedAt: Date;
  readonly der: Buffer;
}

/** The parts of records that are texts of their own, as they are stored. */
export const storedIssuer = z.strictObject({
  id: z.string(),
  certificate: z.string(),
  standing: z.enum(standings),
  signer: signerReference.nullable(),
  at: z.coerce.date(),
});
export const storedList = z.strictObject({
  issuer: z.string(),
  number: z.number().int(),
  thisUpdate: z.coerce.date(),
  nextUpdate: z.coerce.date(),
  revoked: z.number().int(),
});

export const reasonNames = Object.keys(revocationReasons) as RevocationReason[];
