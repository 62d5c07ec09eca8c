/** A real site in a folder of its own, without an engine: for soaks, fault tests and benchmarks. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, type Authority } from "../../bench/support/authority.ts";
import { buildHandler } from "../../functions/build.ts";
import { readProfiles } from "../../profiles/read.ts";
import { keyring } from "../../provider/resources/keyring.ts";
import { startSite, stopSite } from "../../provider/site-process.ts";
import { readSiteRecord, SiteClient } from "../../site/client.ts";
import { freePort } from "../support/free-port.ts";

export interface LiveSite {
  readonly folder: string;
  readonly dataFolder: string;
  readonly port: number;
  readonly authority: Authority;
  readonly client: () => SiteClient;
  readonly pid: () => number;
  /** SIGKILL, at once. */
  kill(): void;
  /** After a kill or stop: the same data, the same settings. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops it and removes the folder. */
  dispose(): Promise<void>;
}

export interface LiveSiteOptions {
  readonly profiles: readonly string[];
  readonly bindings: readonly { devices: string; channel?: string; profile: string }[];
  /** Default: a folder below the system's temporary one. */
  readonly dataFolder?: string;
  readonly messagesPerSecond?: number;
}

export async function startLiveSite(options: LiveSiteOptions): Promise<LiveSite> {
  const folder = await mkdtemp(join(tmpdir(), "fieldlake-live-"));
  const dataFolder = options.dataFolder ?? join(folder, "data");
  const location = { runFolder: join(dataFolder, "run"), keyFile: join(folder, "keys", "site.key") };
  const lakeKey = join(folder, "keys", "lake.key");
  for (const file of [location.keyFile, lakeKey])
    await keyring.create("key", { file, managed: true } as never);
  const dispose = async () => {
    await stopSite(location.runFolder);
    await rm(folder, { recursive: true, force: true });
  };
  await startSite(location);
  const client = () => SiteClient.at(location.runFolder);
  const authority = await createAuthority();
  const server = await authority.server();
  const port = await freePort();
  const { file, sha256 } = await buildHandler("local", join(folder, "bundle"));
  const deploy = async () => {
    await client().putModule("lake", {
      tenant: "soak",
      dataFolder,
      keyFile: lakeKey,
      retentionDays: { raw: 0, curated: 0, quarantine: 0 },
    });
    await client().putModule("decoder", {
      bundle: { file, sha256 },
      workers: 1,
      profiles: await readProfiles(options.profiles),
      bindings: options.bindings,
      clockWindow: { behind: 604_800, ahead: 600 },
    });
    await client().putModule("registry", { devices: [], revocationList: authority.revocationList });
    await client().putModule("broker", {
      host: "127.0.0.1",
      port,
      serverCertificate: server.certificate,
      serverKey: server.privateKey,
      clientTrust: authority.trust,
      limits: {
        maxPayload: 65_536,
        maxConnections: 10_000,
        handshakesPerSecond: 1_000,
        messagesPerSecond: options.messagesPerSecond ?? 1_000_000,
        connectSeconds: 10,
      },
    });
  };
  await deploy().catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  const pid = () => readSiteRecord(location.runFolder)?.pid ?? 0;
  return {
    folder,
    dataFolder,
    port,
    authority,
    client,
    pid,
    kill: () => process.kill(pid(), "SIGKILL"),
    start: () => startSite(location),
    stop: () => stopSite(location.runFolder),
    dispose,
  };
}
