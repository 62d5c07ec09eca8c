/** What a stack knows of its fleet, mirrored into the fleet's registry: its issuer, its pinned devices, its revocations. */
import { X509Certificate } from "node:crypto";
import { keyIdOf } from "../fleet/registry/key-id.ts";
import { issuerId } from "../fleet/registry/ledger.ts";
import { openLocalRegistry, type LocalRegistry } from "../fleet/registry/local-registry.ts";
import type { Change } from "../fleet/registry/model.ts";
import { readPublicKey } from "../fleet/x509/algorithms.ts";
import { Keyring } from "../site/seal.ts";

export interface StackFleet {
  /** Absolute. */
  readonly registryFolder: string;
  /** Key file that it is sealed under: the site's. */
  readonly keyFile: string;
  readonly devices: readonly {
    readonly id: string;
    readonly profile: string | null;
    /** PEM. */
    readonly certificate: string;
  }[];
  /** Serial numbers in hex. */
  readonly revoked: readonly string[];
  /** PEM. */
  readonly issuerCertificate: string;
  readonly now: Date;
}

/** Writes only what is new, so that a second `up` writes nothing. */
export async function mirrorStack(fleet: StackFleet): Promise<void> {
  const sealing = Keyring.fromFile(fleet.keyFile).key("registry");
  const registry = await openLocalRegistry({ folder: fleet.registryFolder, sealing });
  try {
    await registry.record(issuerChanges(registry, fleet));
    await registry.record(deviceChanges(registry, fleet));
    await registry.record(revocations(registry, fleet));
  } finally {
    await registry.close();
  }
}

/** The first issuer signs. One that takes the place of the stack's former one does, too; a rollover's has its own say. */
function issuerChanges({ ledger }: LocalRegistry, { issuerCertificate, now: at }: StackFleet): Change[] {
  const id = issuerId(issuerCertificate);
  if (ledger.issuerNumber(id) >= 0) return [];
  const current = ledger.issuers.find(({ standing }) => standing === "current");
  const isStacks = current === undefined || current.signer === null;
  const former: Change[] =
    current !== undefined && isStacks
      ? [{ kind: "issuer", issuer: { ...current, standing: "retiring", at } }]
      : [];
  const standing = isStacks ? "current" : "retiring";
  return [
    ...former,
    { kind: "issuer", issuer: { id, certificate: issuerCertificate, standing, signer: null, at } },
  ];
}

function deviceChanges({ ledger }: LocalRegistry, { devices, issuerCertificate, now }: StackFleet): Change[] {
  return devices.flatMap(({ id, profile, certificate: pem }): Change[] => {
    const certificate = new X509Certificate(pem);
    const serial = plainSerial(certificate.serialNumber);
    const row = ledger.devices.find(id);
    const known = row < 0 ? null : ledger.devices.record(row);
    const isSame = known !== null && known.profile === profile && known.source === "stack";
    const enrolledAt = known?.enrolledAt ?? now;
    const device: Change = { kind: "device", device: { id, profile, source: "stack", enrolledAt } };
    const spki = certificate.publicKey.export({ type: "spki", format: "der" });
    const issued: Change = {
      kind: "certificate",
      certificate: {
        deviceId: id,
        serial,
        issuer: issuerId(issuerCertificate),
        notBefore: certificate.validFromDate,
        notAfter: certificate.validToDate,
        keyId: keyIdOf(spki),
        keyKind: readPublicKey(spki).kind,
        source: "stack",
        recordedAt: now,
        der: certificate.raw,
      },
    };
    return [...(isSame ? [] : [device]), ...(ledger.certificates.find(serial) < 0 ? [issued] : [])];
  });
}

/** A revocation is never taken back: a device that is wanted again gets another certificate. */
function revocations({ ledger: { certificates } }: LocalRegistry, { revoked, now }: StackFleet): Change[] {
  return revoked.map(plainSerial).flatMap((serial): Change[] => {
    const row = certificates.find(serial);
    if (row < 0 || certificates.isRevoked(row)) return [];
    return [{ kind: "revoked", serial, at: now, reason: "unspecified" }];
  });
}

const plainSerial = (hex: string): string => hex.toLowerCase().replace(/^0+(?=.)/, "");
