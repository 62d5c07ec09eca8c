/** Whether a device gets a certificate: what the registry says of it, of its key, and of what it has already. */
import { keyIdOf } from "../registry/key-id.ts";
import type { CertificateRecord } from "../registry/model.ts";
import type { FleetRegistry } from "../registry/registry.ts";
import type { BatchOptions, HandedOut, Wanted } from "./wanted.ts";

/** Of a certificate's life; the rest is for the devices that are slow to fetch the next one. */
const renewAfter = 2 / 3;

/** A new certificate is to be made. */
export interface Due {
  /** What it takes the place of at once. */
  readonly replaced: readonly CertificateRecord[];
  /** Serial of the newest that the device had when this was judged. */
  readonly follows: string | null;
}

/** What is to happen: a reason against it, the certificate that there is already, or a new one. */
export async function judged(
  wanted: Wanted,
  { registry, purpose, early = false, now = () => new Date() }: BatchOptions,
): Promise<string | HandedOut | Due> {
  const { deviceId, key } = wanted.request;
  const keyId = keyIdOf(key.spki);
  const ofKey = await registry.certificateOfKey(keyId);
  if (ofKey !== null && ofKey.deviceId !== deviceId) {
    return `its key is the one of ${ofKey.deviceId}; a key belongs to one device: make another`;
  }
  if (ofKey?.state === "revoked") {
    return `a certificate of its key was revoked (${ofKey.reason}): make another key`;
  }
  const all = await registry.certificatesOf(deviceId);
  const live = all.filter(({ state }) => state === "issued" || state === "active");
  const [newest] = live;
  const follows = all[0]?.serial ?? null;
  const isHeld = newest !== undefined && newest.keyId === keyId;
  switch (purpose) {
    case "issue":
      if (isHeld) return handedOutAgain(wanted, newest, registry);
      if (newest === undefined) return { replaced: [], follows };
      return (
        `it has a certificate of another key until ${day(newest.notAfter)} (serial ${newest.serial}): ` +
        "renew it, or replace it with --replace"
      );
    case "replace":
      return isHeld ? handedOutAgain(wanted, newest, registry) : { replaced: live, follows };
    case "renew": {
      if (all.length === 0) return "the registry does not know it: issue it a first certificate";
      if (all[0]?.state === "revoked") {
        return `its newest certificate was revoked (${all[0].reason}): issue it one for a new key`;
      }
      const isDue = newest === undefined || early || isOld(newest, now());
      return isDue ? { replaced: [], follows } : notDue(wanted, newest, isHeld, registry);
    }
  }
}

/** Whether two thirds of its life are over. */
export const isOld = ({ notBefore, notAfter }: CertificateRecord, now: Date): boolean =>
  now.getTime() >= renewalOf(notBefore, notAfter).getTime();

/** When a certificate of this life is due to be renewed. */
export function renewalOf(notBefore: Date, notAfter: Date): Date {
  return new Date(notBefore.getTime() + (notAfter.getTime() - notBefore.getTime()) * renewAfter);
}

async function notDue(
  wanted: Wanted,
  newest: CertificateRecord,
  isHeld: boolean,
  registry: FleetRegistry,
): Promise<string | HandedOut> {
  if (isHeld) return handedOutAgain(wanted, newest, registry);
  const from = day(renewalOf(newest.notBefore, newest.notAfter));
  return `its certificate is due for renewal from ${from} on: wait until then, or renew it now with --early`;
}

async function handedOutAgain(
  { from }: Wanted,
  { deviceId, serial, notAfter }: CertificateRecord,
  registry: FleetRegistry,
): Promise<HandedOut | string> {
  const certificate = await registry.encoded(serial);
  if (certificate === null)
    return `the registry has forgotten its certificate (serial ${serial}): replace it`;
  return { kind: "known", from, deviceId, serial, notAfter, certificate };
}

const day = (date: Date): string => date.toISOString().slice(0, 10);
