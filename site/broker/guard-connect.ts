import { BodyReader, checkTopicName } from "./guard-text.ts";
import { Violation } from "./refusals.ts";

export interface LastWill {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
}

export interface ConnectPacket {
  /** 3: MQTT 3.1; 4: MQTT 3.1.1. */
  readonly level: 3 | 4;
  readonly clean: boolean;
  /** Seconds; 0 asks for none. */
  readonly keepAlive: number;
  readonly clientId: string;
  readonly will: LastWill | null;
  readonly userName: string | null;
  readonly hasPassword: boolean;
}

const levels = new Map([
  ["MQIsdp", 3],
  ["MQTT", 4],
]);

/** Section 3.1. `null` where the protocol is MQTT in a version that is not spoken here: it wants an answer [MQTT-3.1.2-2]. */
export function readConnect(bytes: Buffer, start: number, end: number): ConnectPacket | null {
  const reader = new BodyReader("CONNECT", bytes, start, end);
  const name = reader.text();
  const level = levels.get(name);
  if (level === undefined) throw reader.malformed("another protocol name [MQTT-3.1.2-1]");
  if (reader.byte() !== level) return null;
  const flags = reader.byte();
  const keepAlive = reader.uint16();
  checkFlags(flags, level);
  const clientId = reader.text();
  const will = (flags & 0x04) === 0 ? null : readWill(reader, flags);
  const userName = (flags & 0x80) === 0 ? null : reader.text();
  const hasPassword = (flags & 0x40) !== 0;
  if (hasPassword) reader.binary();
  reader.end();
  const clean = (flags & 0x02) !== 0;
  return { level: level as 3 | 4, clean, keepAlive, clientId, will, userName, hasPassword };
}

function checkFlags(flags: number, level: number): void {
  const hasWill = (flags & 0x04) !== 0;
  const faults: readonly [boolean, string][] = [
    // MQTT 3.1 only says that it is not used.
    [level === 4 && (flags & 0x01) !== 0, "the reserved flag set [MQTT-3.1.2-3]"],
    [!hasWill && (flags & 0x38) !== 0, "will flags and no will [MQTT-3.1.2-11, 3.1.2-13, 3.1.2-15]"],
    [(flags & 0x18) === 0x18, "a will of QoS 3 [MQTT-3.1.2-14]"],
    [(flags & 0xc0) === 0x40, "a password and no user name [MQTT-3.1.2-22]"],
  ];
  const fault = faults.find(([isFault]) => isFault);
  if (fault !== undefined) throw new Violation("malformed packet", `CONNECT with ${fault[1]}`);
}

function readWill(reader: BodyReader, flags: number): LastWill {
  const topic = checkTopicName("the will of CONNECT", reader.binary());
  const payload = Buffer.from(reader.binary());
  const qos = ((flags >> 3) & 3) as 0 | 1 | 2;
  return { topic, payload, qos, retain: (flags & 0x20) !== 0 };
}
