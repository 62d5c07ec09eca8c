/**
 * The broker core behind its TLS listener, for suites that bring topics and client ids of their own: mutual TLS as in
 * the site, but any certificate of the harness may call itself anything and use every topic. Nothing in the site leads
 * here; what the site enforces beyond (devices/{id}/…, client id = common name) is proved in test/site/broker.
 */
import type { ConnectionOptions } from "node:tls";
import { Core } from "../../site/broker/core.ts";
import { Listener } from "../../site/broker/listener.ts";
import type { TopicPolicy } from "../../site/broker/policy.ts";
import { openStateStore } from "../../site/broker/state-store.ts";
import { Bench, silent } from "../site/broker/support.ts";
import { TestAuthority } from "../site/support/certificates.ts";

/** A filter that the policy refuses, as the Eclipse suite wants one. */
const refusedFilter = "test/nosubscribe";

const openPolicy: TopicPolicy = {
  isClientId: (id) => id !== "",
  // The log takes a device and a channel; a suite's topic as a whole is the channel.
  channelOf: (_clientId, topic) => topic,
  mayRetain: () => true,
  mayLeaveWill: () => true,
  maySubscribe: (_clientId, filter) => filter !== refusedFilter,
  isStatus: () => false,
};

const limits = {
  maxPayload: 65_536,
  maxConnections: 1000,
  messagesPerSecond: 1_000_000,
  connectSeconds: 10,
  idleSeconds: 1350,
  drainSeconds: 20,
  returnSeconds: 60,
};

export interface OpenBroker {
  /** How the harness's device connects. */
  readonly credentials: ConnectionOptions;
  stop(): Promise<void>;
}

export async function startOpenBroker(): Promise<OpenBroker> {
  const bench = await Bench.make();
  const root = await TestAuthority.create("interoperability root");
  const authority = await TestAuthority.create("interoperability intermediate", root);
  const server = await authority.issue("broker", { usages: ["serverAuth"] });
  const device = await authority.issue("suite");
  const log = await bench.log({}, false);
  void consume(log.read(log.start));
  const store = await openStateStore({ folder: bench.stateFolder, keyring: bench.keyring });
  const core = new Core({ log, store, policy: openPolicy, limits, logger: silent });
  const listener = new Listener({
    settings: {
      host: "127.0.0.1",
      port: 0,
      serverCertificate: server.certificate + authority.certificate,
      serverKey: server.key,
      clientTrust: root.certificate + authority.certificate,
      limits: { ...limits, handshakesPerSecond: 1000 },
    },
    accept: (socket) => core.accept(socket, null),
    judge: (certificate) => ({ deviceId: "suite", notAfter: Infinity, certificate, issuer: certificate }),
    refused: (refusal, deviceId) => core.refused(refusal, deviceId),
  });
  const { port } = await listener.listen();
  return {
    credentials: {
      host: "127.0.0.1",
      port,
      ca: root.certificate,
      cert: device.certificate + authority.certificate,
      key: device.key,
    },
    async stop() {
      const closed = listener.close();
      await core.stop();
      await closed;
      await bench.remove();
    },
  };
}

async function consume(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const batch of batches) void batch;
}
