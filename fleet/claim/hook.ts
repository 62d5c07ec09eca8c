/**
 * What AWS IoT Core asks before it makes a thing of whoever came with a claim ("Pre-provisioning hooks", AWS IoT developer
 * guide). A certificate is in the registry only because a bootstrap token was shown for it, once.
 */
import { X509Certificate } from "node:crypto";
import type { Door } from "../admission/door.ts";
import { registrySerial } from "../admission/registry-facts.ts";
import type { FleetRegistry } from "../registry/registry.ts";
import { deviceParameter } from "./topics.ts";

export interface HookEvent {
  /** Of the device's new certificate. */
  readonly certificatePem?: string;
  readonly claimCertificateId?: string;
  /** As the device says. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export type HookVerdict =
  { readonly allow: true; readonly deviceId: string } | { readonly allow: false; readonly reason: string };

/** @param judge of an environment where devices have to be registered. Rejects with RegistryError. */
export function claimHook(
  judge: Door,
  registry: Pick<FleetRegistry, "certificatesOf">,
): (event: HookEvent) => Promise<HookVerdict> {
  const deny = (reason: string): HookVerdict => ({ allow: false, reason });
  return async ({ certificatePem, parameters = {} }) => {
    const verdict = await judge(certificatePem);
    if (!verdict.allow) return deny(verdict.reason);
    const { deviceId } = verdict;
    const [newest] = await registry.certificatesOf(deviceId);
    if (newest?.serial !== registrySerial(new X509Certificate(certificatePem ?? ""))) {
      return deny(`${deviceId}: not the certificate that the registry knows as its newest`);
    }
    const named = parameters[deviceParameter];
    return named === deviceId
      ? { allow: true, deviceId }
      : deny(`${deviceParameter}: received ${JSON.stringify(named ?? null)}; allowed: ${deviceId}`);
  };
}
