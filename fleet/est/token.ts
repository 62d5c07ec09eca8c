/**
 * Bootstrap tokens: whoever shows one gets a device's first certificate, once. A token says when it was made and when it
 * ends, authenticated by a key that only the fleet's authority has; the registry says whether it still is the newest one
 * and unused. So nothing of a token is stored, and a copy of the registry makes none.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface Invitation {
  readonly deviceId: string;
  /** Whole seconds: as the registry keeps it. */
  readonly at: Date;
  readonly until: Date;
}

/** Days that a token is good for. */
export const tokenDays = { least: 1, most: 90, default: 7 } as const;

const macBytes = 24;
const form = /^([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([A-Za-z0-9_-]{32})$/;

/** Some 46 characters; goes where a password goes, with the device's id as the user name. */
export function makeToken(key: Uint8Array, invitation: Invitation): string {
  const at = seconds(invitation.at).toString(36);
  const until = seconds(invitation.until).toString(36);
  return `${at}.${until}.${mac(key, invitation).toString("base64url")}`;
}

/** `null` for what this key never made for this device. The end is not judged. */
export function readToken(key: Uint8Array, deviceId: string, token: string): Invitation | null {
  const [, at, until, shown] = form.exec(token) ?? [];
  if (at === undefined || until === undefined || shown === undefined) return null;
  const invitation = { deviceId, at: fromSeconds(at), until: fromSeconds(until) };
  const isOurs = timingSafeEqual(mac(key, invitation), Buffer.from(shown, "base64url"));
  return isOurs ? invitation : null;
}

function mac(key: Uint8Array, { deviceId, at, until }: Invitation): Buffer {
  const said = ["bootstrap", deviceId, seconds(at), seconds(until)].join("\n");
  return createHmac("sha256", key).update(said).digest().subarray(0, macBytes);
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
const fromSeconds = (text: string): Date => new Date(Math.min(parseInt(text, 36), 8.64e12) * 1000);
