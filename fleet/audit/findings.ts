/** What somebody should look into: pure, over what the registry and the broker say. */
import { X509Certificate } from "node:crypto";
import { isListDue } from "../authority/revocation-list.ts";
import type { KeyKind } from "../x509/algorithms.ts";
import type { CertificateRecord, IssuerRecord, ListRecord } from "../registry/model.ts";

export const checks = [
  "revoked but connected",
  "revocation list",
  "authority",
  "duplicate key",
  "weak key",
  "expiring",
  "never connected",
] as const;
export type Check = (typeof checks)[number];

export interface Finding {
  readonly check: Check;
  /** `error`: it works against the fleet's safety now. `warning`: it will. */
  readonly severity: "error" | "warning";
  /** A device, an issuer, a list. */
  readonly subject: string;
  readonly message: string;
}

export interface AuditRules {
  /** Days before the end at which a device's newest certificate is told. Default 21. */
  readonly expiringDays: number;
  /** Days after which a device that never came is told. Default 14. */
  readonly silentDays: number;
  readonly keys: readonly KeyKind[];
  readonly now: Date;
}

const dayMs = 86_400_000;
/** Longer than the longest device certificate that is usual: from then on new ones are cut short. */
const authorityDays = 120;

export function auditIssuers(
  issuers: readonly IssuerRecord[],
  lists: readonly ListRecord[],
  { now }: AuditRules,
): Finding[] {
  return issuers.flatMap(({ id, certificate, standing }): Finding[] => {
    const { validToDate, subject } = new X509Certificate(certificate);
    const days = Math.floor((validToDate.getTime() - now.getTime()) / dayMs);
    const findings: Finding[] = [];
    if (standing === "current" && days < authorityDays) {
      findings.push({
        check: "authority",
        severity: days < authorityDays / 4 ? "error" : "warning",
        subject: subject.replaceAll("\n", ", "),
        message: `signs, and ends in ${days} days: roll the authority over (docs/fleet.md)`,
      });
    }
    const list = lists.find(({ issuer }) => issuer === id);
    if (list !== undefined && standing !== "retired") findings.push(...auditList(list, now));
    return findings;
  });
}

function auditList({ number, thisUpdate, nextUpdate }: ListRecord, now: Date): Finding[] {
  const subject = `list ${number}`;
  if (nextUpdate < now) {
    const message = `expired at ${nextUpdate.toISOString()}: brokers that go by it may lock every device out; run fleet crl`;
    return [{ check: "revocation list", severity: "error", subject, message }];
  }
  if (!isListDue(thisUpdate, nextUpdate, now)) return [];
  const message = `is in the second half of its life, which ends at ${nextUpdate.toISOString()}: run fleet crl`;
  return [{ check: "revocation list", severity: "warning", subject, message }];
}

/** Walks certificates one by one, so that a million needs no memory but for what repeats. */
export class CertificateAudit {
  readonly #rules: AuditRules;
  /** Devices with an open session now. */
  readonly #connected: ReadonlySet<string>;
  readonly #findings: Finding[] = [];
  /** Latest end of a device's certificates that are live, for those that end soon. */
  readonly #ends = new Map<string, { readonly notAfter: Date; readonly isLive: boolean }>();
  readonly #owners = new Map<string, string>();

  constructor(rules: AuditRules, connected: ReadonlySet<string>) {
    this.#rules = rules;
    this.#connected = connected;
  }

  see(one: CertificateRecord): void {
    const { now, silentDays, keys } = this.#rules;
    const { deviceId, state, keyId, keyKind, seenAt, recordedAt, notAfter } = one;
    const owner = this.#owners.get(keyId);
    if (owner !== undefined && owner !== deviceId) {
      this.#find("duplicate key", "error", deviceId, `has the key of ${owner}: one of them is a copy`);
    }
    this.#owners.set(keyId, deviceId);
    const isLive = state === "issued" || state === "active";
    const former = this.#ends.get(deviceId);
    if (former === undefined || notAfter > former.notAfter || (isLive && !former.isLive)) {
      this.#ends.set(deviceId, { notAfter, isLive });
    }
    if (!isLive) return;
    if (!keys.includes(keyKind)) {
      this.#find(
        "weak key",
        "warning",
        deviceId,
        `has a key of kind ${keyKind}; the fleet's are ${keys.join(", ")}`,
      );
    }
    if (state === "issued" && seenAt === null && now.getTime() - recordedAt.getTime() > silentDays * dayMs) {
      const since = recordedAt.toISOString().slice(0, 10);
      this.#find(
        "never connected",
        "warning",
        deviceId,
        `was issued a certificate on ${since} and never used it`,
      );
    }
  }

  /** After the last certificate. */
  finish(): readonly Finding[] {
    const { now, expiringDays } = this.#rules;
    for (const [deviceId, { notAfter, isLive }] of this.#ends) {
      if (!isLive) {
        if (this.#connected.has(deviceId)) {
          this.#find(
            "revoked but connected",
            "error",
            deviceId,
            "is connected without a certificate in force",
          );
        }
        continue;
      }
      const days = Math.floor((notAfter.getTime() - now.getTime()) / dayMs);
      if (days < expiringDays) {
        this.#find(
          "expiring",
          days < expiringDays / 3 ? "error" : "warning",
          deviceId,
          `ends in ${days} days: renew it`,
        );
      }
    }
    const order = (finding: Finding): number => checks.indexOf(finding.check);
    return this.#findings.toSorted((a, b) => order(a) - order(b));
  }

  #find(check: Check, severity: Finding["severity"], subject: string, message: string): void {
    this.#findings.push({ check, severity, subject, message });
  }
}
