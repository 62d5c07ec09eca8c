/** What a batch of certificates is made of, and what becomes of each. */
import type { VerifiedRequest } from "../authority/certificate-request.ts";
import type { Issuer } from "../authority/issuer.ts";
import type { FleetRegistry } from "../registry/registry.ts";

/** `issue`: a first certificate. `renew`: the next one. `replace`: a new one, and the former are revoked. */
export type Purpose = "issue" | "renew" | "replace";

export interface Wanted {
  /** Where it comes from, for messages: a file, a line. */
  readonly from: string;
  readonly request: VerifiedRequest;
  /** Profile of the device; undefined leaves it as it is. */
  readonly profile?: string | null;
}

export interface HandedOut {
  readonly kind: "issued" | "known";
  readonly from: string;
  readonly deviceId: string;
  readonly serial: string;
  readonly notAfter: Date;
  /** DER. */
  readonly certificate: Buffer;
}
export interface TurnedDown {
  readonly kind: "refused";
  readonly from: string;
  readonly deviceId: string | null;
  readonly message: string;
}
export type Outcome = HandedOut | TurnedDown;

export interface BatchOptions {
  readonly registry: FleetRegistry;
  readonly issuer: Issuer;
  readonly purpose: Purpose;
  readonly days: number;
  /** Renew what is not due yet. */
  readonly early?: boolean;
  readonly now?: () => Date;
}

export const refused = ({ from, request }: Wanted, message: string): TurnedDown => ({
  kind: "refused",
  from,
  deviceId: request.deviceId,
  message,
});
