/** A console over the fakes: what the page's tests and its developers open. */
import { createServer, type AddressInfo } from "node:net";
import { readProfiles } from "../../../profiles/read.ts";
import type { TokenStore } from "../../../site/access/token-store.ts";
import { startConsole, type Console } from "../../../site/console/console.ts";
import type { EnvironmentResource, LogStats } from "../../../site/ports.ts";
import type { ConsoleSettings } from "../../../site/settings.ts";
import { fakeReports } from "./fake-reports.ts";
import { fakeReplays } from "./fake-replays.ts";
import { fakeAlarms, type FakeAlarms } from "./fake-alarms.ts";
import { fakeModels } from "./fake-models.ts";
import { fakeFleet, type FakeFleet } from "./fake-fleet.ts";
import { openFakeLake, type FakeLake } from "./fake-lake.ts";
import { hostileName, hostileText } from "./fake-tables.ts";
import { temporaryTokens } from "./temporary-tokens.ts";

export const fakeToken = "fake-console-token-0123456789abcdefghijklmn";

export interface FakeSiteOptions {
  /** Default: any free one. */
  readonly port?: number;
  readonly empty?: boolean;
  readonly hostile?: boolean;
}

export interface FakeSite {
  readonly url: string;
  readonly port: number;
  readonly lake: FakeLake;
  readonly fleet: FakeFleet;
  readonly tokens: TokenStore;
  readonly alarms: FakeAlarms;
  /** The address with the token, as `npm run status -- --token` prints it. */
  readonly link: string;
  /** The console alone stops; what it read from stays. */
  pause(): Promise<void>;
  /** @param token another access token than before */
  resume(token?: string): Promise<void>;
  stop(): Promise<void>;
}

const key = "3f9c1d0e7a52b864";
const tls = "TLS 1.3 (floor 1.2), client certificate required";
const parquet = "AES-256-GCM (Parquet modular encryption)";

const resources: readonly EnvironmentResource[] = [
  {
    component: "DeviceFleet",
    name: "certificates",
    detail: "P-256, 90 days, managed authority",
    inTransit: "client certificate, revocation list",
    atRest: "registry sealed, AES-256-GCM",
    keyId: key,
  },
  {
    component: "SecureIngest",
    name: "broker",
    detail: "127.0.0.1:8883, a certificate per device",
    inTransit: tls,
    atRest: null,
    keyId: null,
  },
  {
    component: "StreamProcessor",
    name: "write-ahead log",
    detail: "synced to disk before a message is acknowledged",
    inTransit: null,
    atRest: "AES-256-GCM, a key per segment",
    keyId: key,
  },
  {
    component: "EncryptedLake",
    name: "raw messages",
    detail: "as received, 365 days",
    inTransit: null,
    atRest: "AES-256-GCM, a key per segment",
    keyId: key,
  },
  {
    component: "EncryptedLake",
    name: "curated rows",
    detail: "Parquet, zstd",
    inTransit: null,
    atRest: parquet,
    keyId: key,
  },
  {
    component: "EncryptedLake",
    name: "quarantine",
    detail: "Parquet, zstd, 90 days",
    inTransit: null,
    atRest: parquet,
    keyId: key,
  },
  {
    component: "KnowledgeBase",
    name: "page",
    detail: "127.0.0.1:8484, behind a random access token",
    inTransit: "loopback only: does not leave the machine",
    atRest: null,
    keyId: null,
  },
];

export async function startFakeSite({
  port,
  empty = false,
  hostile = false,
}: FakeSiteOptions = {}): Promise<FakeSite> {
  const now = Date.now();
  const lake = await openFakeLake({ now, empty, hostile });
  const fleet = fakeFleet({ now, empty, hostile });
  const alarms = await fakeAlarms({ now, empty, hostile });
  const replays = fakeReplays({ now, empty, hostile });
  const reports = fakeReports({ now, empty });
  const markup = {
    component: hostileName,
    name: hostileText,
    detail: hostileText,
    inTransit: hostileName,
    atRest: hostileText,
    keyId: hostileName,
  };
  const settings = (token: string): ConsoleSettings => ({
    host: "127.0.0.1",
    port: bound,
    token,
    tls: null,
    environment: {
      name: "demo",
      target: "local",
      resources: empty ? [] : [...resources, ...(hostile ? [markup] : [])],
    },
  });
  const start = (token: string): Promise<Console> =>
    startConsole({
      settings: settings(token),
      lake,
      fleet,
      log: { stats: () => logStats(empty) },
      tokens: tokens.store,
      profiles: () => profiles,
      alarms: () => alarms.desk,
      models: () => fakeModels(now, empty),
      replays: () => replays,
      reports: () => reports,
    });
  // Never 0: a restart must find its port again.
  const bound = port ?? (await freePort());
  const tokens = temporaryTokens();
  const profiles = empty ? [] : await readProfiles(["machine-json", "wearable-imu"]);
  let console = await start(fakeToken);
  return {
    tokens: tokens.store,
    url: console.url,
    port: bound,
    lake,
    fleet,
    alarms,
    link: `${console.url}?token=${fakeToken}`,
    pause: () => console.stop(),
    async resume(token = fakeToken) {
      console = await start(token);
    },
    async stop() {
      await console.stop();
      lake.close();
      tokens.remove();
      await alarms.close();
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const logStats = (empty: boolean): LogStats => ({
  appended: empty ? 0 : 38_948,
  bytes: empty ? 0 : 4_812_004,
  segments: 1,
  lag: empty ? 0 : 12,
  tornTail: 0,
  damaged: 0,
});
