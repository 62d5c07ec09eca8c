/** What every cloud's insight function does, between its event and its answer. */

import { X509Certificate } from "node:crypto";
import type { CloudAlarms } from "./adapters/cloud-alarms.ts";
import { judgeCloudLate } from "./alarms/cloud-late.ts";
import type { LatestState, Metrics } from "./ports.ts";

export interface InsightPorts {
  readonly latest: LatestState;
  readonly metrics: Metrics;
  /** PEM of the certificate that signs devices. */
  readonly issuer: string;
  /** Minutes after which a device counts as silent. */
  readonly silentMinutes: number;
  /** What looks after the rules of `fieldlake:alarms`; null where there are none. */
  readonly alarms: Pick<CloudAlarms, "rules" | "book"> | null;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Devices that a finding names; beyond, only the number counts. */
const named = 1_000;
const millisecondsPerDay = 86_400_000;

/** Records which devices are silent, and how many days the issuer's certificate lasts; then rules about silence. */
export function createInsight({ latest, metrics, issuer, silentMinutes, alarms, now }: InsightPorts) {
  const expires = new X509Certificate(issuer).validToDate.getTime();
  return async (): Promise<void> => {
    const at = now() * 1_000;
    const silent = await latest.silentSince(at - silentMinutes * 60_000_000, named);
    await latest.record("silent-devices", at, { silentMinutes, devices: silent });
    metrics.put({
      SilentDevices: silent.length,
      IssuerDaysLeft: Math.floor((expires - now()) / millisecondsPerDay),
    });
    if (alarms !== null) await judgeCloudLate({ ...alarms, heard: latest, now: at });
  };
}
