/**
 * May this certificate connect? One pure function for every place where a device knocks: the site's broker, a webhook
 * of Event Grid, a pre-authentication function of AWS IoT. It looks nothing up: who asks brings the facts.
 */
import type { X509Certificate } from "node:crypto";
import { deviceIdPattern } from "../../functions/core/envelope.ts";

export const denials = [
  "unknown certificate authority",
  "certificate expired",
  "certificate not yet valid",
  "certificate not for client authentication",
  "certificate without a device id",
  "certificate of another environment",
  "certificate revoked",
  "certificate superseded",
  "device not registered",
] as const;
export type Denial = (typeof denials)[number];

/** What a registry says of a certificate. */
export interface CertificateFacts {
  readonly deviceId: string;
  readonly isRevoked: boolean;
  /** When a newer one of the device was first seen in use; `null` where none was. */
  readonly supersededAt: Date | null;
}

export interface ConnectRules {
  /** Names the environment in the certificates' URIs. */
  readonly environment: string;
  /** Who may issue device certificates here: intermediates that are trusted as they are. */
  readonly issuers: readonly X509Certificate[];
  /** `registered`: only devices that the registry knows. */
  readonly enrolment: "on-first-connect" | "registered";
}

export interface ConnectFacts {
  /** By a revocation list or the registry. */
  readonly isListed: boolean;
  /** What the registry says of the certificate; `null` where it does not know it. */
  readonly certificate: CertificateFacts | null;
  /** Whether the registry knows the device, by the name in the certificate. */
  readonly isRegistered: boolean;
}

export interface Admission {
  readonly allow: true;
  readonly deviceId: string;
  /** After that the connection has to end. */
  readonly notAfter: Date;
  readonly issuer: X509Certificate;
}
export interface Refused {
  readonly allow: false;
  readonly reason: Denial;
  /** Whom the certificate names, where it is an authority of ours that says so. */
  readonly deviceId: string | null;
}

/**
 * A device that has installed its new certificate may go back to the former one for so long: a half-done update must
 * not lock it out. Behind it a former certificate in use is somebody else's copy.
 */
export const supersededGraceMs = 7 * 86_400_000;

/** RFC 5280, 4.2.1.12. */
const clientAuth = "1.3.6.1.5.5.7.3.2";
const fleetUri = "urn:fleet:";

/** Order matters: what a certificate says is not believed before it is known who signed it. */
export function mayConnect(
  certificate: X509Certificate,
  { environment, issuers, enrolment }: ConnectRules,
  facts: (deviceId: string, issuer: X509Certificate) => ConnectFacts,
  now: Date,
): Admission | Refused {
  const deny = (reason: Denial, deviceId: string | null = null): Refused => ({
    allow: false,
    reason,
    deviceId,
  });
  const issuer = issuers.find((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey));
  if (issuer === undefined) return deny("unknown certificate authority");
  const { validFromDate, validToDate, keyUsage, ca } = certificate;
  if (validToDate < now || issuer.validToDate < now) return deny("certificate expired");
  if (validFromDate > now) return deny("certificate not yet valid");
  // Without extended key usage a certificate would be good for any purpose.
  if (ca || !(keyUsage ?? []).includes(clientAuth)) return deny("certificate not for client authentication");
  const deviceId = deviceIdOf(certificate);
  if (deviceId === null) return deny("certificate without a device id");
  const uris = fleetUris(certificate);
  if (uris.some((uri) => uri !== `${fleetUri}${environment}:${deviceId}`)) {
    return deny("certificate of another environment", deviceId);
  }
  const { isListed, certificate: known, isRegistered } = facts(deviceId, issuer);
  if (isListed || known?.isRevoked === true) return deny("certificate revoked", deviceId);
  const supersededAt = known?.supersededAt ?? null;
  if (supersededAt !== null && supersededAt.getTime() + supersededGraceMs < now.getTime())
    return deny("certificate superseded", deviceId);
  if (enrolment === "registered" && !isRegistered) return deny("device not registered", deviceId);
  return { allow: true, deviceId, notAfter: validToDate, issuer };
}

/** The common name, where there is exactly one and it is a device id. */
export function deviceIdOf(certificate: X509Certificate): string | null {
  const name: unknown = certificate.toLegacyObject().subject.CN;
  return typeof name === "string" && deviceIdPattern.test(name) ? name : null;
}

function fleetUris(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? "")
    .split(", ")
    .filter((name) => name.startsWith(`URI:${fleetUri}`) || name.startsWith(`URI:"${fleetUri}`))
    .map((name) => name.slice("URI:".length).replaceAll('"', ""));
}
