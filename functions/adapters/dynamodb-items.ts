/** Records of a fleet's registry as items of one table: what they are called there, and back. */
import type { CertificateRecord, NewCertificate } from "../../fleet/registry/model.ts";
import { certificateState } from "../../fleet/registry/state.ts";

export type Attribute = { S: string } | { N: string } | { B: string };
export type Item = Readonly<Record<string, Attribute>>;

/** Everything of a device lies in one partition, its certificates in the order in which they were recorded. */
export const deviceKey = (id: string): Item => ({ p: { S: `device#${id}` }, s: { S: "device" } });
export const certificateKey = (deviceId: string, recordedAt: number, serial: string): Item => ({
  p: { S: `device#${deviceId}` },
  s: { S: `${certificatePrefix}${String(recordedAt).padStart(10, "0")}#${serial}` },
});
export const certificatePrefix = "certificate#";
/** Where the certificate of a serial number, or the newest of a key, is. */
export const serialKey = (serial: string): Item => ({ p: { S: `serial#${serial}` }, s: { S: "serial" } });
export const keyKey = (keyId: string): Item => ({ p: { S: `key#${keyId}` }, s: { S: "key" } });
export const fleetKey = (sort: string): Item => ({ p: { S: "fleet" }, s: { S: sort } });

export const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);
export const number = (value: number): Attribute => ({ N: String(value) });
export const text = (value: string): Attribute => ({ S: value });
export const seconds = (date: Date): Attribute => number(toSeconds(date));

export const textOf = (item: Item, name: string): string => {
  const value = item[name];
  return value !== undefined && "S" in value ? value.S : "";
};
export const dateOf = (item: Item, name: string): Date | null => {
  const value = item[name];
  return value !== undefined && "N" in value ? new Date(Number(value.N) * 1000) : null;
};
const certainDate = (item: Item, name: string): Date => dateOf(item, name) ?? new Date(0);

export function certificateItem(certificate: NewCertificate): Item {
  const { deviceId, serial, recordedAt, der } = certificate;
  return {
    ...certificateKey(deviceId, toSeconds(recordedAt), serial),
    device_id: text(deviceId),
    serial: text(serial),
    issuer: text(certificate.issuer),
    not_before: seconds(certificate.notBefore),
    not_after: seconds(certificate.notAfter),
    key_id: text(certificate.keyId),
    key_kind: text(certificate.keyKind),
    source: text(certificate.source),
    recorded_at: seconds(recordedAt),
    der: { B: der.toString("base64") },
  };
}

export function certificateRecord(item: Item, now: Date): CertificateRecord {
  const [revokedAt, supersededAt] = [dateOf(item, "revoked_at"), dateOf(item, "superseded_at")];
  const [seenAt, notAfter] = [dateOf(item, "seen_at"), certainDate(item, "not_after")];
  return {
    deviceId: textOf(item, "device_id"),
    serial: textOf(item, "serial"),
    issuer: textOf(item, "issuer"),
    notBefore: certainDate(item, "not_before"),
    notAfter,
    keyId: textOf(item, "key_id"),
    keyKind: textOf(item, "key_kind") as CertificateRecord["keyKind"],
    source: textOf(item, "source") as CertificateRecord["source"],
    state: certificateState({ revokedAt, supersededAt, seenAt, notAfter }, now),
    recordedAt: certainDate(item, "recorded_at"),
    seenAt,
    endedAt: revokedAt ?? supersededAt,
    reason: revokedAt === null ? null : (textOf(item, "reason") as CertificateRecord["reason"]),
  };
}
