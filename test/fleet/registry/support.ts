/** Registries on a disk of their own, and changes to write into them. */
import { createHash, randomBytes } from "node:crypto";
import type { Change, IssuerRecord, NewCertificate } from "../../../fleet/registry/model.ts";
import { openLocalRegistry, type LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { SealingKey } from "../../../site/seal.ts";

const day = 86_400_000;
export const now = new Date("2030-01-01T00:00:00Z");
export const later = (days: number): Date => new Date(now.getTime() + days * day);

export const sealing = (name = "test"): SealingKey =>
  new SealingKey(createHash("sha256").update(name).digest());

export const issuer: IssuerRecord = {
  id: "1b".repeat(16),
  certificate: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
  standing: "current",
  signer: null,
  at: now,
};
export const issuerChange: Change = { kind: "issuer", issuer };

export function certificate(deviceId: string, change: Partial<NewCertificate> = {}): NewCertificate {
  return {
    deviceId,
    serial: `5${randomBytes(20).toString("hex").slice(1)}`,
    issuer: issuer.id,
    notBefore: now,
    notAfter: later(90),
    keyId: randomBytes(16).toString("hex"),
    keyKind: "P-256",
    source: "issued",
    recordedAt: now,
    der: Buffer.from(`certificate of ${deviceId}`),
    ...change,
  };
}

export const issuedTo = (deviceId: string, change: Partial<NewCertificate> = {}): Change => ({
  kind: "certificate",
  certificate: certificate(deviceId, change),
});

export function openAt(
  folder: string,
  options: Partial<Parameters<typeof openLocalRegistry>[0]> = {},
): Promise<LocalRegistry> {
  return openLocalRegistry({ folder, sealing: sealing(), now: () => now, ...options });
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
