/** Clients that send mutated packets: the same ones for the same seed. */
import { generate, type Packet } from "mqtt-packet";
import { RawClient } from "./support.ts";

type Random = (below: number) => number;

/** mulberry32: the same sequence for the same seed. */
function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function connectOf(id: string): Packet {
  return { cmd: "connect", clientId: id, protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 30 };
}

/** Packets that a device may send. */
function goodPackets(id: string): Buffer[] {
  const root = `devices/${id}`;
  const publish = { cmd: "publish", dup: false, retain: false } as const;
  const packets: Packet[] = [
    { ...publish, topic: `${root}/telemetry`, payload: "21.5", qos: 1, messageId: 3 },
    { ...publish, topic: `${root}/status`, payload: "{}", qos: 0, retain: true },
    { ...publish, topic: `${root}/events`, payload: "e", qos: 2, messageId: 4 },
    { cmd: "subscribe", messageId: 5, subscriptions: [{ topic: `${root}/#`, qos: 1 }] },
    { cmd: "unsubscribe", messageId: 6, unsubscriptions: [`${root}/#`] },
    { cmd: "puback", messageId: 1 },
    { cmd: "pubrel", messageId: 4 },
    { cmd: "pingreq" },
    { cmd: "disconnect" },
    connectOf(id),
    {
      ...connectOf(id),
      clean: false,
      will: { topic: `${root}/status`, payload: Buffer.from("{}"), qos: 1, retain: true },
    } as Packet,
  ];
  return packets.map((packet) => generate(packet));
}

/** With one to three bytes changed, cut out or put in. */
function mutated(packet: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(packet);
  for (let change = 0; change <= random(3); change += 1) {
    const at = random(bytes.length);
    switch (random(4)) {
      case 0:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([random(256)]), bytes.subarray(at)]);
        break;
      default:
        bytes[at] = random(256);
    }
    if (bytes.length === 0) return Buffer.from([0]);
  }
  return bytes;
}

/** Ends a connection whose packet was let through. */
const goodbye = generate({ cmd: "disconnect" });
/** Time for the broker to end a connection that waits for the rest of a packet, milliseconds. */
const shortest = 30;
const attackers = 40;

export interface Attack {
  readonly port: number;
  readonly packets: number;
  readonly seed: number;
  /** Called behind each packet. */
  readonly sent?: () => void;
}

/**
 * Sends `packets`, each on a connection of its own so that each is judged: a violation ends a connection, and what is
 * behind it is never read. A fifth comes before CONNECT, half in two pieces. Client ids begin with `bad-`.
 */
export async function attack({ port, packets, seed, sent = () => undefined }: Attack): Promise<void> {
  const attacker = async (number: number): Promise<void> => {
    const random = randomNumbers(seed * attackers + number);
    const id = `bad-${number}`;
    const connect = generate(connectOf(id));
    const good = goodPackets(id);
    for (let count = number; count < packets; count += attackers) {
      const client = RawClient.tcp(port);
      const before = random(5) > 0 ? connect : Buffer.alloc(0);
      const bytes = Buffer.concat([before, mutated(good[random(good.length)] as Buffer, random), goodbye]);
      const cut = random(2) === 0 ? 0 : random(bytes.length);
      client.write(bytes.subarray(0, cut));
      if (cut > 0) await new Promise(setImmediate);
      client.write(bytes.subarray(cut));
      await closed(client);
      client.vanish();
      sent();
    }
  };
  await Promise.all(Array.from({ length: attackers }, (_, number) => attacker(number)));
}

function closed({ socket }: RawClient): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, shortest);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
