import type { X509Certificate } from "node:crypto";
import { deviceIdPattern } from "./policy.ts";
import type { Refusal } from "./refusals.ts";

/** Who a certificate says the device is; the TLS library has verified its chain. */
export interface Identity {
  readonly deviceId: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
  readonly certificate: X509Certificate;
}

/** RFC 5280, 4.2.1.12. */
const clientAuth = "1.3.6.1.5.5.7.3.2";

/** The device that a verified certificate stands for, or why it stands for none. */
export function identify(certificate: X509Certificate, now: number): Identity | Refusal {
  const { validFromDate, validToDate, keyUsage, ca } = certificate;
  if (validToDate.getTime() < now) return "certificate expired";
  if (validFromDate.getTime() > now) return "certificate not yet valid";
  // OpenSSL takes a certificate without extended key usage for any purpose.
  if (ca || !(keyUsage ?? []).includes(clientAuth)) return "certificate not for client authentication";
  const name: unknown = certificate.toLegacyObject().subject.CN;
  if (typeof name !== "string" || !deviceIdPattern.test(name)) return "certificate without a device id";
  return { deviceId: name, notAfter: validToDate.getTime(), certificate };
}
