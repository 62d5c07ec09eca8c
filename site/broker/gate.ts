/** Who may be connected: certificate, revocation list and registry put together, for newcomers and for open sessions. */
import { X509Certificate } from "node:crypto";
import { mayConnect } from "../../fleet/admission/judgement.ts";
import { isExpired, type RevocationReport, Revocations } from "../../fleet/admission/revocations.ts";
import { type FleetBook, serialOf } from "../registry/fleet-book.ts";
import type { RegistrySettings } from "../settings.ts";
import type { Identity } from "./identity.ts";
import type { Refusal } from "./refusals.ts";

export interface GateOptions {
  /** Whoever a device certificate may be signed by, before the registry is asked. */
  readonly authorities: readonly X509Certificate[];
  /** Names the environment in certificates. */
  readonly environment: string;
  /** `null` where the fleet has none: then the settings name the devices. */
  readonly book: FleetBook | null;
}

export interface Objection {
  readonly refusal: Refusal;
  /** Whom the certificate names, once it is known to be one of the authority's. */
  readonly deviceId: string | null;
}

export class Gate {
  readonly #authorities: readonly X509Certificate[];
  readonly #environment: string;
  readonly #book: FleetBook | null;
  #revocations: Revocations;
  #enrolment: "on-first-connect" | "registered";
  #listed: ReadonlySet<string>;
  #issuers: readonly X509Certificate[] = [];

  /** Throws RevocationListError. */
  constructor({ authorities, environment, book }: GateOptions, registry: RegistrySettings) {
    this.#authorities = authorities;
    this.#environment = environment;
    this.#book = book;
    this.#revocations = Revocations.read(registry.revocationList, authorities);
    this.#enrolment = registry.enrolment ?? "on-first-connect";
    this.#listed = new Set(registry.devices.map(({ id }) => id));
    this.refreshIssuers();
  }

  /** Throws RevocationListError and keeps everything as it was. */
  apply(registry: RegistrySettings): void {
    this.#revocations = Revocations.read(registry.revocationList, this.#authorities);
    this.#enrolment = registry.enrolment ?? "on-first-connect";
    this.#listed = new Set(registry.devices.map(({ id }) => id));
  }

  /** After the registry's issuers have changed: one that has retired is not trusted, whatever the settings say. */
  refreshIssuers(): void {
    const records = this.#book?.issuers ?? [];
    const retired = new Set(
      records
        .filter(({ standing }) => standing === "retired")
        .map(({ certificate }) => new X509Certificate(certificate).fingerprint256),
    );
    const announced = records.map(({ certificate }) => new X509Certificate(certificate));
    const all = [...this.#authorities, ...announced].filter(
      ({ fingerprint256 }) => !retired.has(fingerprint256),
    );
    this.#issuers = [...new Map(all.map((issuer) => [issuer.fingerprint256, issuer])).values()];
  }

  /** The device that a certificate stands for, or why it stands for none that may connect. */
  judge(certificate: X509Certificate, now = new Date()): Identity | Objection {
    const book = this.#book;
    const verdict = mayConnect(
      certificate,
      { environment: this.#environment, issuers: this.#issuers, enrolment: this.#enrolment },
      (deviceId) => ({
        isListed: this.#revocations.isRevoked(certificate),
        certificate: book?.facts(serialOf(certificate)) ?? null,
        isRegistered: this.#listed.has(deviceId) || (book?.isRegistered(deviceId) ?? false),
      }),
      now,
    );
    if (!verdict.allow) return { refusal: verdict.reason, deviceId: verdict.deviceId };
    const { deviceId, notAfter, issuer } = verdict;
    return { deviceId, notAfter: notAfter.getTime(), certificate, issuer };
  }

  /** The device is being served. */
  seen({ certificate, deviceId, issuer }: Identity): void {
    this.#book?.seen(certificate, deviceId, issuer, new Date());
  }

  /**
   * A list of the settings is out of date where the site has made a newer one of its issuer from the registry, which
   * holds whatever the settings' list says and more.
   */
  lists(now = new Date()): (RevocationReport & { readonly isExpired: boolean })[] {
    return this.#revocations.reports.map((report) => {
      const newer = this.#book?.list(report.issuer) ?? null;
      const isNewer = newer !== null && newer.thisUpdate > report.thisUpdate;
      const { thisUpdate, nextUpdate, revoked } = isNewer ? newer : report;
      const current = { issuer: report.issuer, thisUpdate, nextUpdate, revoked };
      return { ...current, isExpired: isExpired(current, now) };
    });
  }
}
