import type { X509Certificate } from "node:crypto";
import type { FleetRegistry } from "../registry/registry.ts";
import { deviceIdOf, type ConnectFacts } from "./judgement.ts";

/** What a registry, wherever it is, says of a certificate: the facts for `mayConnect`. Rejects with RegistryError. */
export async function factsFrom(
  registry: Pick<FleetRegistry, "certificate" | "device">,
  certificate: X509Certificate,
): Promise<ConnectFacts> {
  const deviceId = deviceIdOf(certificate);
  const [known, device] = await Promise.all([
    registry.certificate(registrySerial(certificate)),
    deviceId === null ? null : registry.device(deviceId),
  ]);
  return {
    isListed: false,
    certificate:
      known === null
        ? null
        : {
            deviceId: known.deviceId,
            isRevoked: known.state === "revoked",
            supersededAt: known.reason === null ? known.endedAt : null,
          },
    isRegistered: device !== null,
  };
}

/** As the registry writes it. */
export function registrySerial(certificate: X509Certificate): string {
  return certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, "");
}
