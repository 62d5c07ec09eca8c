/**
 * First certificates of devices that come with a claim: AWS IoT Core hands on the request of whoever connects with one
 * ("Self-managed certificate signing", AWS IoT developer guide), and the fleet's authority signs it for a bootstrap token.
 * The token is the request's challenge password: the device's key signs it with the rest, and the broker logs no request.
 */
import { verifyRequest } from "../authority/certificate-request.ts";
import type { Allowance } from "../est/allowance.ts";
import { invitedCertificate, type IssueOptions } from "../est/enrol.ts";
import { EstRefusal } from "../est/exchange.ts";
import type { KeyKind } from "../x509/algorithms.ts";
import { toPem } from "../x509/pem.ts";

/** What IoT Core sends; the client id says nothing. */
export interface SigningEvent {
  /** PEM. */
  readonly certificateSigningRequest?: string;
  /** Of the certificate that the device is connected with: the claim. */
  readonly principalId?: string;
}

export interface SignerOptions extends IssueOptions {
  /** Kinds of keys that devices may have. */
  readonly keys: readonly KeyKind[];
  /** Of a claim, whichever instance it asks. */
  readonly allowance: Allowance;
}

/** Requests of one claim in a window: AWS itself registers ten things a second (RegisterThing, Service Quotas). */
export const allowed = { most: 100, windowMs: 10_000 } as const;

/** Rejects where no certificate is due: with RequestError, {@link EstRefusal}, or whatever keeps the authority from signing. */
export function claimSigner(
  options: SignerOptions,
): (event: SigningEvent) => Promise<{ readonly certificatePem: string }> {
  const { keys, allowance, ...issuing } = options;
  return async ({ certificateSigningRequest = "", principalId = "" }) => {
    if ((await allowance(principalId)) > 0) {
      throw new EstRefusal(429, `too many requests with the claim ${principalId}`);
    }
    const { environment } = options;
    const wanted = verifyRequest(Buffer.from(certificateSigningRequest), { environment, keys });
    const { deviceId, challenge } = wanted;
    if (challenge === undefined) {
      throw new EstRefusal(401, `${deviceId}: the request has no bootstrap token as its challenge password`);
    }
    const shown = { user: deviceId, password: challenge };
    const der = await invitedCertificate(shown, wanted, { ...issuing, from: "claim" });
    return { certificatePem: toPem(der, "CERTIFICATE") };
  };
}
