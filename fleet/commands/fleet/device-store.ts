/** Where keys and certificates of devices go: files in a folder, key stores in a folder, or the terminal, once. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { keyStore } from "../../bundle/pkcs12.ts";
import { deviceFile, privateFolder, writeDurably } from "../../issue/device-files.ts";
import type { ListedDevice } from "../../issue/device-list.ts";
import type { Wanted } from "../../issue/wanted.ts";
import { keyInFile, newKey, type MadeKey } from "../../issue/made-keys.ts";
import { pemBlocks, toPem } from "../../x509/pem.ts";

/** PEM: what stands behind the device's certificate, and what the device is to trust. */
export interface Surroundings {
  readonly chain: string;
  readonly trust: string | null;
}

export interface DeviceStore {
  /** The device's key, made where there is none, and what it proves. */
  want(device: ListedDevice & { readonly from: string }): Promise<Wanted>;
  hasKey(deviceId: string): boolean;
  /** Everything of the device is there already. */
  isDone(deviceId: string): boolean;
  /** For a device whose key is here. */
  putDevice(deviceId: string, certificate: Buffer, around: Surroundings): Promise<void>;
  /** For a device that has its key itself. */
  putCertificate(deviceId: string, certificate: Buffer, chain: string): Promise<void>;
}

export const certificateChain = (certificate: Buffer, chain: string): string =>
  `${toPem(certificate, "CERTIFICATE")}${chain.trimEnd()}\n`;

const wantedOf = ({ from, profile }: ListedDevice & { from: string }, { request }: MadeKey): Wanted => ({
  from,
  request,
  ...(profile === undefined ? {} : { profile }),
});

/** Files of a folder; with a passphrase they are key stores. */
export async function storeFor(folder: string, passphrase: string | null): Promise<DeviceStore> {
  await privateFolder(folder);
  return passphrase === null ? pemStore(folder) : keyStores(folder, passphrase);
}

/** `<id>.key` (0600), `<id>.pem` (certificate and intermediate), and `trust.pem` once. */
function pemStore(folder: string): DeviceStore {
  const keyFile = (id: string) => deviceFile(folder, id, ".key");
  const trustFile = join(folder, "trust.pem");
  let trusting: Promise<void> | null = null;
  const putCertificate = (id: string, certificate: Buffer, chain: string): Promise<void> =>
    writeDurably(deviceFile(folder, id, ".pem"), certificateChain(certificate, chain), 0o644);
  return {
    want: async (device) => wantedOf(device, await keyInFile(keyFile(device.id), device.id, null)),
    hasKey: (id) => existsSync(keyFile(id)),
    isDone: () => false,
    putCertificate,
    async putDevice(id, certificate, { chain, trust }) {
      if (trust !== null) await (trusting ??= writeDurably(trustFile, trust, 0o644));
      await putCertificate(id, certificate, chain);
    },
  };
}

/** `<id>.p12`; until it is there the key waits in `<id>.key`, encrypted under the same passphrase. */
function keyStores(folder: string, passphrase: string): DeviceStore {
  const keyFile = (id: string) => deviceFile(folder, id, ".key");
  const storeFile = (id: string) => deviceFile(folder, id, ".p12");
  return {
    want: async (device) => wantedOf(device, await keyInFile(keyFile(device.id), device.id, passphrase)),
    hasKey: (id) => existsSync(keyFile(id)),
    isDone: (id) => existsSync(storeFile(id)),
    putCertificate: () => Promise.reject(new Error("a key store holds the device's key")),
    async putDevice(id, certificate, { chain, trust }) {
      const { key } = await keyInFile(keyFile(id), id, passphrase);
      const entry = { key, chain: [certificate, ...pemBlocks(chain, "CERTIFICATE")] };
      await writeDurably(
        storeFile(id),
        keyStore({ entry, trusted: trustedIn(trust), alias: id }, passphrase),
        0o600,
      );
      await rm(keyFile(id));
    },
  };
}

export function trustedIn(trust: string | null): { alias: string; certificate: Buffer }[] {
  const roots = pemBlocks(trust ?? "", "CERTIFICATE");
  return roots.map((certificate, index) => ({ alias: `root-${index + 1}`, certificate }));
}

/** Shows key and certificate, and keeps neither. */
export function memoryStore(show: (text: string) => void): DeviceStore {
  const keys = new Map<string, MadeKey>();
  return {
    async want(device) {
      const made = newKey(device.id);
      keys.set(device.id, made);
      return wantedOf(device, made);
    },
    hasKey: () => false,
    isDone: () => false,
    putCertificate: () => Promise.reject(new Error("no key was made")),
    async putDevice(id, certificate, { chain }) {
      const made = keys.get(id);
      keys.delete(id);
      if (made !== undefined) show(made.key.export({ type: "pkcs8", format: "pem" }) as string);
      show(certificateChain(certificate, chain));
    },
  };
}
