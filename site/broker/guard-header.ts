/** The fixed header (section 2.2): what a client may send, judged before anything of the packet is kept. */
import { PacketType } from "./packets.ts";
import { Violation } from "./refusals.ts";

/** Flags that a type must carry (section 2.2.2); PUBLISH has its own rules, others are not a client's to send. */
const requiredFlags: ReadonlyMap<number, number> = new Map([
  [PacketType.connect, 0],
  [PacketType.puback, 0],
  [PacketType.pubrec, 0],
  [PacketType.pubrel, 2],
  [PacketType.pubcomp, 0],
  [PacketType.subscribe, 2],
  [PacketType.unsubscribe, 2],
  [PacketType.pingreq, 0],
  [PacketType.disconnect, 0],
]);
/** What MQTT 3.1 (section 2.1) marks as repeated besides PUBLISH. */
const repeatedInVersion31: ReadonlySet<number> = new Set([
  PacketType.pubrel,
  PacketType.subscribe,
  PacketType.unsubscribe,
]);
const repeatedFlag = 8;
const exactLength: ReadonlyMap<number, number> = new Map([
  [PacketType.puback, 2],
  [PacketType.pubrec, 2],
  [PacketType.pubrel, 2],
  [PacketType.pubcomp, 2],
  [PacketType.pingreq, 0],
  [PacketType.disconnect, 0],
]);

/** Type and flags; `level` is the connection's protocol level, `null` before CONNECT. Throws {@link Violation}. */
export function checkFirstByte(first: number, level: 3 | 4 | null): void {
  const type = first >> 4;
  const flags = first & 0x0f;
  if (type === PacketType.publish) {
    checkPublishFlags(flags);
  } else {
    const isRepeat = level === 3 && repeatedInVersion31.has(type);
    if (requiredFlags.get(type) !== (isRepeat ? flags & ~repeatedFlag : flags)) {
      throw new Violation("malformed packet", `packet type ${type} with flags ${flags} [MQTT-2.2.2-2]`);
    }
  }
  if (level === null && type !== PacketType.connect) {
    throw new Violation("first packet is not CONNECT", `packet type ${type} [MQTT-3.1.0-1]`);
  }
  if (level !== null && type === PacketType.connect) {
    throw new Violation("second CONNECT", "[MQTT-3.1.0-2]");
  }
}

function checkPublishFlags(flags: number): void {
  const qos = (flags >> 1) & 3;
  if (qos === 3) throw new Violation("malformed packet", "PUBLISH of QoS 3 [MQTT-3.3.1-4]");
  if (qos === 0 && (flags & repeatedFlag) !== 0) {
    throw new Violation("malformed packet", "PUBLISH of QoS 0 marked as repeated [MQTT-3.3.1-2]");
  }
}

/** A Remaining Length of at most `most` bytes, and the one of its type where that is fixed. Throws {@link Violation}. */
export function checkLength(type: number, length: number, most: number): void {
  if (length > most) {
    throw new Violation("packet too large", `it claims ${length} bytes; at most ${most} are taken`);
  }
  const exact = exactLength.get(type);
  if (exact !== undefined && length !== exact) {
    throw new Violation("malformed packet", `packet type ${type} of ${length} bytes instead of ${exact}`);
  }
}
