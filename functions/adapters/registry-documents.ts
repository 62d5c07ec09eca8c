/** A fleet's registry as documents: what each is called, what is in it, and what a change makes of those that are there. */
import {
  storedIssuer,
  storedList,
  type CertificateRecord,
  type Change,
  type DeviceRecord,
  type NewCertificate,
} from "../../fleet/registry/model.ts";
import type { Conflict } from "../../fleet/registry/registry.ts";
import { certificateState } from "../../fleet/registry/state.ts";
import type { Document } from "./cosmos-partition.ts";

export const deviceId = (id: string): string => `${prefixes.device}${id}`;
export const serialId = (serial: string): string => `serial:${serial}`;
export const keyId = (id: string): string => `key:${id}`;
export const issuerId = (id: string): string => `${prefixes.issuer}${id}`;
export const certificatesOf = (device: string): string => `${prefixes.certificate}${device}:`;
/** In the order in which they were recorded, below a device. */
const certificateId = ({ deviceId: device, recordedAt, serial }: NewCertificate): string =>
  `${certificatesOf(device)}${String(toSeconds(recordedAt)).padStart(10, "0")}:${serial}`;
export const prefixes = {
  device: "device:",
  certificate: "certificate:",
  issuer: "issuer:",
  list: "list:",
} as const;
export const lastChangeId = "last-change";

export type Documents = ReadonlyMap<string, Document | null>;

/** Documents that a change is judged by, as far as their names are known beforehand. */
export function idsOf(change: Change): readonly string[] {
  switch (change.kind) {
    case "device":
      return [deviceId(change.device.id)];
    case "invited":
      return [deviceId(change.deviceId)];
    case "certificate": {
      const { certificate } = change;
      const { deviceId: device, serial, keyId: key, issuer } = certificate;
      return [deviceId(device), serialId(serial), keyId(key), issuerId(issuer), certificateId(certificate)];
    }
    case "issuer":
      return [issuerId(change.issuer.id)];
    case "list":
      return [`${prefixes.list}${change.list.issuer}`];
    default:
      return [serialId(change.serial)];
  }
}

/** Where the certificate is that a serial number or key points to; `null` for no pointer. */
export const pointedTo = (pointer: Document | null | undefined): string | null =>
  pointer === null || pointer === undefined ? null : text(pointer, "certificate");

/**
 * What is to be written, were the changes applied in order, or what speaks against them.
 * @param found every document of {@link idsOf}, and the certificates that serial numbers point to
 */
export function applied(
  changes: readonly Change[],
  found: Documents,
): { readonly documents: readonly Document[]; readonly conflicts: readonly Conflict[] } {
  const written = new Map<string, Document>();
  const at = (id: string): Document | null => written.get(id) ?? found.get(id) ?? null;
  const put = (document: Document): void => void written.set(document.id, document);
  const conflicts = changes.flatMap((change, index): Conflict[] => {
    const conflict = apply(change, at, put);
    return conflict === null ? [] : [{ index, ...conflict }];
  });
  return { documents: [...written.values()], conflicts };
}

type Refusal = Omit<Conflict, "index">;

function apply(
  change: Change,
  at: (id: string) => Document | null,
  put: (document: Document) => void,
): Refusal | null {
  switch (change.kind) {
    case "device": {
      const { id, profile, source, enrolledAt } = change.device;
      const former = at(deviceId(id));
      put({ enrolledAt: toSeconds(enrolledAt), ...former, id: deviceId(id), profile, source });
      return null;
    }
    case "invited": {
      const device = at(deviceId(change.deviceId));
      if (device === null) return { kind: "unknown", message: `${change.deviceId} is not registered` };
      put({ ...device, invitedAt: change.at === null ? null : toSeconds(change.at) });
      return null;
    }
    case "certificate": {
      const refusal = refused(change, at);
      if (refusal === null) for (const one of certificateDocuments(change.certificate, at)) put(one);
      return refusal;
    }
    case "issuer":
      put({ id: issuerId(change.issuer.id), body: JSON.stringify(storedIssuer.parse(change.issuer)) });
      return null;
    case "list": {
      const body = JSON.stringify(storedList.parse(change.list));
      put({ id: `${prefixes.list}${change.list.issuer}`, body });
      return null;
    }
    default: {
      const place = pointedTo(at(serialId(change.serial)));
      const certificate = place === null ? null : at(place);
      if (certificate === null) {
        return { kind: "unknown", message: `no certificate has the serial ${change.serial}` };
      }
      // The first time counts.
      const member = `${change.kind}At`;
      if (typeof certificate[member] === "number") return null;
      const reason = change.kind === "revoked" ? { reason: change.reason } : {};
      put({ ...certificate, [member]: toSeconds(change.at), ...reason });
      return null;
    }
  }
}

function refused(
  { certificate, follows }: Extract<Change, { kind: "certificate" }>,
  at: (id: string) => Document | null,
): Refusal | null {
  const { deviceId: device, serial, issuer, keyId: key } = certificate;
  if (follows !== undefined && (at(deviceId(device))?.["newest"] ?? null) !== follows) {
    const message = `${device}: it was issued another certificate at the same time: ask again`;
    return { kind: "changed", message };
  }
  if (at(serialId(serial)) !== null)
    return { kind: "serial", message: `${device}: the serial ${serial} is taken already` };
  if (at(issuerId(issuer)) === null)
    return { kind: "unknown", message: `${device}: no issuer of the registry has the id ${issuer}` };
  const owner = at(keyId(key))?.["device"];
  if (owner === undefined || owner === device) return null;
  const message = `${device}: its key is the one of another device; a key belongs to one device: make another`;
  return { kind: "key", message };
}

function certificateDocuments(
  certificate: NewCertificate,
  at: (id: string) => Document | null,
): readonly Document[] {
  const { deviceId: device, serial, keyId: key, source, recordedAt, der } = certificate;
  const id = certificateId(certificate);
  const pointer = { certificate: id, device };
  const recorded = toSeconds(recordedAt);
  const former = at(deviceId(device)) ?? { profile: null, source, enrolledAt: recorded };
  return [
    {
      id,
      ...{ device, serial, key, source },
      issuer: certificate.issuer,
      notBefore: toSeconds(certificate.notBefore),
      notAfter: toSeconds(certificate.notAfter),
      keyKind: certificate.keyKind,
      recordedAt: recorded,
      der: der.toString("base64"),
    },
    { id: serialId(serial), ...pointer },
    { id: keyId(key), ...pointer },
    { ...former, id: deviceId(device), newest: serial, invitedAt: null },
  ];
}

const toSeconds = (date: Date): number => Math.floor(date.getTime() / 1000);
const text = (document: Document, member: string): string => String(document[member]);
export const dateIn = (document: Document | null, member: string): Date | null => {
  const seconds = document?.[member];
  return typeof seconds === "number" ? new Date(seconds * 1000) : null;
};

export const deviceRecord = (document: Document): DeviceRecord => ({
  id: document.id.slice(prefixes.device.length),
  profile: typeof document["profile"] === "string" ? document["profile"] : null,
  source: text(document, "source") as DeviceRecord["source"],
  enrolledAt: dateIn(document, "enrolledAt") ?? new Date(0),
});

export function certificateRecord(document: Document, now: Date): CertificateRecord {
  const [revokedAt, supersededAt] = [dateIn(document, "revokedAt"), dateIn(document, "supersededAt")];
  const [seenAt, notAfter] = [dateIn(document, "seenAt"), dateIn(document, "notAfter") ?? new Date(0)];
  return {
    deviceId: text(document, "device"),
    serial: text(document, "serial"),
    issuer: text(document, "issuer"),
    notBefore: dateIn(document, "notBefore") ?? new Date(0),
    notAfter,
    keyId: text(document, "key"),
    keyKind: text(document, "keyKind") as CertificateRecord["keyKind"],
    source: text(document, "source") as CertificateRecord["source"],
    state: certificateState({ revokedAt, supersededAt, seenAt, notAfter }, now),
    recordedAt: dateIn(document, "recordedAt") ?? new Date(0),
    seenAt,
    endedAt: revokedAt ?? supersededAt,
    reason: revokedAt === null ? null : (text(document, "reason") as CertificateRecord["reason"]),
  };
}
