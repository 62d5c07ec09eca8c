/**
 * A broker without TLS on loopback, for benches and protocol tests: it takes a client at its word. No setting leads
 * here, and nothing in the site imports it (test/site/broker/plain.test.ts).
 */
import { createServer } from "node:net";
import type { SegmentLog } from "../log/ingest-log.ts";
import type { OpenFile } from "../log/segment-writer.ts";
import type { Logger } from "../logger.ts";
import type { FleetView } from "../ports.ts";
import type { Keyring } from "../seal.ts";
import { Core, type CoreLimits } from "./core.ts";
import { devicePolicy, type TopicPolicy } from "./policy.ts";
import { openStateStore } from "./state-store.ts";

export interface PlainBrokerOptions {
  readonly log: SegmentLog;
  readonly stateFolder: string;
  readonly keyring: Keyring;
  readonly logger: Logger;
  readonly limits?: Partial<CoreLimits>;
  /** Default {@link devicePolicy}. */
  readonly policy?: TopicPolicy;
  /** Disk of the state; default: the real one. */
  readonly openStateFile?: OpenFile;
  /** Default: one that is free. */
  readonly port?: number;
}

export interface PlainBroker extends FleetView {
  readonly port: number;
  readonly core: Core;
  stop(): Promise<void>;
}

const defaults: CoreLimits = {
  maxPayload: 65_536,
  maxConnections: 10_000,
  messagesPerSecond: 10_000_000,
  connectSeconds: 10,
  idleSeconds: 1350,
  drainSeconds: 20,
  returnSeconds: 60,
};

export async function startPlainBroker(options: PlainBrokerOptions): Promise<PlainBroker> {
  const { log, stateFolder: folder, keyring, logger, policy = devicePolicy, port: wanted = 0 } = options;
  const { openStateFile } = options;
  const disk = openStateFile === undefined ? {} : { openFile: openStateFile };
  const store = await openStateStore({ folder, keyring, ...disk });
  const core = new Core({ log, store, policy, limits: { ...defaults, ...options.limits }, logger });
  const server = createServer({ noDelay: true }, (socket) => core.accept(socket, null));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : wanted;
  return {
    port,
    core,
    devices: () => core.fleet.states(),
    stats: () => core.stats,
    async stop() {
      server.close();
      await core.stop();
    },
  };
}
