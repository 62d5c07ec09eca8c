import type { X509Certificate } from "node:crypto";

/** Who a certificate proved the device to be. */
export interface Identity {
  readonly deviceId: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
  readonly certificate: X509Certificate;
  /** Who signed it. */
  readonly issuer: X509Certificate;
}
