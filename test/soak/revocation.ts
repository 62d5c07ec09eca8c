/**
 * From a revocation to the end of the live session, with many devices connected to a whole site: the registry is written
 * by another process than the site, as `npx fieldlake fleet revoke` does. The others stay, the revoked ones are refused,
 * also after kill -9 and a new start. As a command:
 *
 *     node test/soak/revocation.ts [--devices 1000] [--revoked 20]
 */
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { parseArgs } from "node:util";
import { X509Certificate } from "node:crypto";
import { generate } from "mqtt-packet";
import type { Credential } from "../../bench/support/authority.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import { openLocalRegistry, type LocalRegistry } from "../../fleet/registry/local-registry.ts";
import { Keyring } from "../../site/seal.ts";
import { startLiveSite, type LiveSite } from "./site.ts";

export interface RevocationSoakOptions {
  readonly devices: number;
  readonly revoked: number;
  readonly log?: (line: string) => void;
}

export interface RevocationSoakResult {
  readonly connected: number;
  /** Milliseconds from the command to the end of the session, a device each. */
  readonly toDrop: readonly number[];
  /** Revoked devices that were let in again, before and after the restart. */
  readonly letIn: number;
  /** Others that lost their session to somebody else's revocation. */
  readonly othersLost: number;
  /** Others that came back after the restart. */
  readonly othersBack: number;
}

interface Device {
  readonly id: string;
  readonly credential: Credential;
  socket: TLSSocket;
}

/** Handshakes at the same time. */
const atOnce = 16;
const patienceMs = 10_000;

export async function runRevocationSoak(options: RevocationSoakOptions): Promise<RevocationSoakResult> {
  const { devices: count, revoked: revokedCount, log = () => undefined } = options;
  const site = await startLiveSite({ profiles: [], bindings: [] });
  try {
    const folder = join(site.dataFolder, "fleet");
    const registry = await openLocalRegistry({
      folder,
      sealing: Keyring.fromFile(join(site.folder, "keys", "site.key")).key("registry"),
    });
    const { trust: certificate, revocationList } = site.authority;
    const issuer = { id: issuerId(certificate), certificate, standing: "current", signer: null } as const;
    await registry.record([{ kind: "issuer", issuer: { ...issuer, at: new Date() } }]);
    await site.client().putModule("registry", { devices: [], folder, revocationList });
    const devices = await connectAll(site, count);
    log(`${devices.length} devices connected`);
    await allKnown(registry, count);
    const gone = devices.slice(0, revokedCount);
    const others = devices.slice(revokedCount);
    const toDrop: number[] = [];
    for (const device of gone) {
      toDrop.push(await revoke(device, registry));
      log(`  ${device.id} dropped after ${toDrop.at(-1)?.toFixed(0)} ms`);
    }
    const othersLost = others.filter(({ socket }) => socket.destroyed).length;
    let letIn = await comeBack(site, gone);
    site.kill();
    await site.start();
    letIn += await comeBack(site, gone);
    const othersBack = await comeBack(site, others.slice(0, 20));
    await registry.close();
    for (const { socket } of devices) socket.destroy();
    return { connected: devices.length, toDrop, letIn, othersLost, othersBack };
  } finally {
    await site.dispose();
  }
}

async function connectAll(site: LiveSite, count: number): Promise<readonly Device[]> {
  const devices: Device[] = [];
  const rest = Array.from({ length: count }, (_, index) => `press-${index}`).values();
  const worker = async (): Promise<void> => {
    for (const id of rest) {
      const credential = await site.authority.device(id);
      const socket = await session(site, id, credential);
      if (socket === null) throw new Error(`${id} was refused`);
      devices.push({ id, credential, socket });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return devices;
}

/** An MQTT session, or `null` where the broker ends it before CONNACK. */
async function session(site: LiveSite, id: string, credential: Credential): Promise<TLSSocket | null> {
  const { certificate: cert, privateKey: key } = credential;
  const socket = connectTls({ host: "127.0.0.1", port: site.port, ca: site.authority.trust, cert, key });
  socket.on("error", () => undefined);
  const closed = once(socket, "close").then(() => null);
  socket.write(generate({ cmd: "connect", clientId: id, keepalive: 900, clean: true, protocolVersion: 4 }));
  const answered = once(socket, "data").then(() => socket);
  return Promise.race([answered.catch(() => null), closed]);
}

/** The site writes down whom it saw within a second. */
async function allKnown(registry: LocalRegistry, count: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while ((await registry.counts()).certificates.active < count) {
    if (Date.now() > deadline) throw new Error("the site does not write down who is connected");
    await delay(20);
  }
}

async function revoke({ credential, socket }: Device, registry: LocalRegistry): Promise<number> {
  const closed = once(socket, "close", { signal: AbortSignal.timeout(patienceMs) });
  const serial = new X509Certificate(credential.certificate).serialNumber.toLowerCase().replace(/^0+/, "");
  const began = performance.now();
  await registry.record([{ kind: "revoked", serial, at: new Date(), reason: "keyCompromise" }]);
  await closed;
  return performance.now() - began;
}

/** How many of them get in. */
async function comeBack(site: LiveSite, devices: readonly Device[]): Promise<number> {
  let count = 0;
  for (const { id, credential } of devices) {
    const socket = await session(site, id, credential);
    if (socket !== null) count += 1;
    socket?.destroy();
  }
  return count;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      devices: { type: "string", default: "1000" },
      revoked: { type: "string", default: "20" },
    },
  });
  const result = await runRevocationSoak({
    devices: Number(values.devices),
    revoked: Number(values.revoked),
    log: console.log,
  });
  const sorted = result.toDrop.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? NaN).toFixed(0);
  console.log(
    `${result.connected} connected; revoked to dropped: median ${at(0.5)} ms, longest ${at(1)} ms; ` +
      `${result.letIn} revoked let in, ${result.othersLost} others lost, ${result.othersBack} others back`,
  );
  if (result.letIn + result.othersLost > 0 || (sorted.at(-1) ?? Infinity) > 5000) process.exitCode = 1;
}
