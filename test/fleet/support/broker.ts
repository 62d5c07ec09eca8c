/** A tiny MQTT server behind mutual TLS: keeps what it acknowledged, and can be told to misbehave. */
import { Aedes } from "aedes";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { Endpoint } from "../../../samples/session.ts";
import type { testAuthority } from "./certificates.ts";

export interface Received {
  readonly topic: string;
  readonly payload: string;
}

export interface BrokerBehaviour {
  /** Called for every message before it is acknowledged; `false` leaves it unacknowledged for ever. */
  readonly onPublish?: (received: Received, socket: TLSSocket) => boolean;
  /** MQTT return code instead of an accepted CONNECT. */
  readonly refuse?: (clientId: string) => 2 | 5 | null;
}

export async function startBroker(
  authority: ReturnType<typeof testAuthority>,
  behaviour: BrokerBehaviour = {},
) {
  const acknowledged: Received[] = [];
  const clients = new Set<string>();
  const sockets = new Set<Socket>();
  const socketOf = new Map<unknown, TLSSocket>();
  const aedes = await Aedes.createBroker({
    authenticate: (client, _username, _password, done) => {
      const code = behaviour.refuse?.(client.id) ?? null;
      clients.add(client.id);
      if (code === null) done(null, true);
      else done(Object.assign(new Error("refused"), { returnCode: code }), false);
    },
    authorizePublish: (client, packet, callback) => {
      const received = { topic: packet.topic, payload: Buffer.from(packet.payload).toString("hex") };
      const socket = socketOf.get(client?.conn);
      if (socket !== undefined && behaviour.onPublish?.(received, socket) === false) return;
      acknowledged.push(received);
      callback(null);
    },
  });
  const identity = authority.server();
  const server = createServer(
    {
      cert: identity.certificate,
      key: identity.privateKey,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
      socketOf.set(socket, socket);
      aedes.handle(socket);
    },
  );
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint: Endpoint = {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    trustBundle: authority.certificate,
    topicRoot: "devices",
  };
  return {
    endpoint,
    acknowledged,
    clients,
    /** Messages besides the status topic. */
    telemetry: () => acknowledged.filter(({ topic }) => !topic.endsWith("/status")),
    async close() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
