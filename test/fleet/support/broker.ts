/** A tiny MQTT server behind mutual TLS: keeps what it acknowledged, and can be told to misbehave. */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { generate, parser, type Packet } from "mqtt-packet";
import type { Endpoint } from "../../../samples/session.ts";
import type { testAuthority } from "./certificates.ts";

export interface Received {
  readonly topic: string;
  /** Hex. */
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
  const answer = (packet: Packet, socket: TLSSocket): Packet | null => {
    switch (packet.cmd) {
      case "connect": {
        clients.add(packet.clientId);
        const returnCode = behaviour.refuse?.(packet.clientId) ?? 0;
        return { cmd: "connack", returnCode, sessionPresent: false };
      }
      case "publish": {
        const received = { topic: packet.topic, payload: Buffer.from(packet.payload).toString("hex") };
        if (behaviour.onPublish?.(received, socket) === false) return null;
        acknowledged.push(received);
        return packet.qos === 1 ? { cmd: "puback", messageId: packet.messageId as number } : null;
      }
      case "pingreq":
        return { cmd: "pingresp" };
      default:
        return null;
    }
  };
  const serve = (socket: TLSSocket): void => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    const packets = parser();
    packets.on("packet", (packet) => {
      const reply = answer(packet, socket);
      if (reply !== null) socket.write(generate(reply));
      if (packet.cmd === "disconnect" || (reply?.cmd === "connack" && reply.returnCode !== 0)) socket.end();
    });
    socket.on("data", (chunk) => packets.parse(chunk));
  };
  const identity = authority.server();
  const server = createServer(
    {
      cert: identity.certificate,
      key: identity.privateKey,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    serve,
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
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
