/**
 * IoT Hub and its provisioning service in line with the registry, neither of which reads a revocation list: a device all of
 * whose certificates have ended, one of them by revocation, is disabled in the hub, and an enrolment of its own keeps the
 * group from letting it in again. A device that has a certificate again gets both back. What others disabled stays so.
 */
import type { FleetRegistry } from "../registry/registry.ts";
import { Pace } from "./paced.ts";

/** What of the hub and the provisioning service this takes. Each rejects with an Error that names device and status. */
export interface HubFleet {
  /** Devices that this has disabled in the hub. */
  disabledHere(signal: AbortSignal): AsyncIterable<string>;
  /** Devices that this keeps out of the provisioning service. */
  barredHere(signal: AbortSignal): AsyncIterable<string>;
  /** `false` where there is no such device, or it is as wanted. */
  setEnabled(id: string, isEnabled: boolean, signal: AbortSignal): Promise<boolean>;
  /** @param certificate DER, the device's */
  bar(id: string, certificate: Buffer, signal: AbortSignal): Promise<void>;
  unbar(id: string, signal: AbortSignal): Promise<void>;
}

export interface HubSync {
  readonly deviceId: string;
  /** `barred`: it can't enrol any more; the hub did not know it, or had it disabled. */
  readonly outcome: "disabled" | "barred" | "enabled";
}

export interface HubSyncOptions {
  readonly registry: FleetRegistry;
  readonly hub: HubFleet;
  /** Devices a second; a unit of S1 takes 100 operations of the device registry a minute. */
  readonly perSecond: number;
  readonly signal: AbortSignal;
}

/** A run that was ended goes on where it was: what is done already is not done again. */
export async function* syncIotHub(options: HubSyncOptions): AsyncGenerator<HubSync> {
  const { registry, hub, perSecond, signal } = options;
  const disabled = await collected(hub.disabledHere(signal));
  const barred = await collected(hub.barredHere(signal));
  const admitted = new Set<string>();
  for await (const { deviceId } of registry.certificates({ states: ["issued", "active"] }))
    admitted.add(deviceId);
  const pace = new Pace(perSecond);
  for await (const { deviceId, serial } of registry.certificates({ states: ["revoked"] })) {
    if (admitted.has(deviceId) || (disabled.has(deviceId) && barred.has(deviceId))) continue;
    const certificate = await registry.encoded(serial);
    if (certificate === null) continue;
    await pace.turn(signal);
    // The door first: a device that is disabled in the hub alone would enrol again.
    const isNew = !barred.has(deviceId);
    if (isNew) await hub.bar(deviceId, certificate, signal);
    barred.add(deviceId);
    const isOpen = !disabled.has(deviceId) && (await hub.setEnabled(deviceId, false, signal));
    disabled.add(deviceId);
    if (isOpen || isNew) yield { deviceId, outcome: isOpen ? "disabled" : "barred" };
  }
  for (const deviceId of new Set([...disabled, ...barred])) {
    if (!admitted.has(deviceId)) continue;
    await pace.turn(signal);
    if (disabled.has(deviceId)) await hub.setEnabled(deviceId, true, signal);
    if (barred.has(deviceId)) await hub.unbar(deviceId, signal);
    yield { deviceId, outcome: "enabled" };
  }
}

async function collected(ids: AsyncIterable<string>): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const id of ids) found.add(id);
  return found;
}
