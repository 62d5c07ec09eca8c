import { connect as connectTcp } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { type Broker, startBroker } from "../../../site/broker/broker.ts";
import type { FleetBook } from "../../../site/registry/fleet-book.ts";
import type { BrokerSettings, RegistrySettings } from "../../../site/settings.ts";
import { type KeyAndCertificate, type LeafOptions, TestAuthority } from "../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { Bench, RawClient, silent } from "./support.ts";

/** A broker over mutual TLS with an authority of its own. */
export class TlsBench {
  readonly bench: Bench;
  readonly root: TestAuthority;
  readonly authority: TestAuthority;
  readonly broker: Broker;
  readonly settings: BrokerSettings;

  private constructor(
    bench: Bench,
    root: TestAuthority,
    authority: TestAuthority,
    broker: Broker,
    settings: BrokerSettings,
  ) {
    this.bench = bench;
    this.root = root;
    this.authority = authority;
    this.broker = broker;
    this.settings = settings;
  }

  static async make(
    limits: Partial<BrokerSettings["limits"]> = {},
    registry: Partial<RegistrySettings> = {},
    bookOf: (bench: Bench, authority: TestAuthority) => Promise<FleetBook | null> = () =>
      Promise.resolve(null),
  ): Promise<TlsBench> {
    const bench = await Bench.make();
    const root = await TestAuthority.create("test root");
    const authority = await TestAuthority.create("test intermediate", root);
    const server = await authority.issue("broker", { usages: ["serverAuth"] });
    const settings: BrokerSettings = {
      host: "127.0.0.1",
      port: await freePort(),
      serverCertificate: server.certificate + authority.certificate,
      serverKey: server.key,
      clientTrust: root.certificate + authority.certificate,
      limits: {
        maxPayload: 65_536,
        maxConnections: 1000,
        handshakesPerSecond: 2000,
        messagesPerSecond: 100_000,
        connectSeconds: 5,
        ...limits,
      },
    };
    const book = await bookOf(bench, authority);
    const broker = await startBroker({
      settings,
      registry: { devices: [], revocationList: await authority.revocationList(), ...registry },
      book,
      environment: "test",
      log: await bench.log(),
      stateFolder: bench.stateFolder,
      keyring: bench.keyring,
      logger: silent,
    });
    bench.atEnd(() => broker.stop());
    return new TlsBench(bench, root, authority, broker, settings);
  }

  /** How a device with this certificate connects. */
  options({ certificate, key }: KeyAndCertificate): ConnectionOptions {
    const { port } = this.settings;
    return { port, ca: this.root.certificate, cert: certificate + this.authority.certificate, key };
  }

  async device(name: string, options: LeafOptions = {}): Promise<RawClient> {
    return RawClient.tls(this.options(await this.authority.issue(name, options)));
  }

  /** An accepted session of that device. */
  async session(name: string, options: LeafOptions = {}): Promise<RawClient> {
    const client = await this.device(name, options);
    await client.open(name);
    return client;
  }

  get refused(): Readonly<Record<string, number>> {
    return this.broker.stats().refused;
  }
}

/** A TCP connection that says only what it is told to; errors are its own business. */
export function plainSocket(port: number) {
  const socket = connectTcp({ port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  return socket;
}
