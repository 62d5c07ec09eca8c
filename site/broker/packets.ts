/** MQTT 3.1.1 control packets (OASIS, 2014): types, and the bytes of those that the broker sends. */
export const PacketType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

export type AckType =
  | typeof PacketType.puback
  | typeof PacketType.pubrec
  | typeof PacketType.pubcomp
  | typeof PacketType.unsuback;

/** Section 3.2.2.3. */
export const ConnectCode = {
  accepted: 0,
  unsupportedProtocol: 1,
  identifierRejected: 2,
  serverUnavailable: 3,
  badUserNameOrPassword: 4,
  notAuthorized: 5,
} as const;
export type ConnectCode = (typeof ConnectCode)[keyof typeof ConnectCode];

/** SUBACK return code of a refused filter (section 3.9.3). */
export const subscribeFailure = 0x80;

/** A message as it goes to subscribers; QoS 2 is not granted. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

export const pingresp = Buffer.from([PacketType.pingresp << 4, 0]);

export function encodeConnack(code: ConnectCode, sessionPresent = false): Buffer {
  return Buffer.from([PacketType.connack << 4, 2, sessionPresent ? 1 : 0, code]);
}

export function encodeAck(type: AckType, id: number): Buffer {
  return Buffer.from([type << 4, 2, id >> 8, id & 0xff]);
}

export function encodeSuback(id: number, codes: readonly number[]): Buffer {
  const body = Buffer.from([id >> 8, id & 0xff, ...codes]);
  return Buffer.concat([Buffer.from([PacketType.suback << 4]), encodeLength(body.length), body]);
}

/** `id` is needed for QoS 1 and left out for QoS 0. */
export function encodePublish(message: OutgoingMessage, id: number, repeated: boolean): Buffer {
  const { topic, payload, qos, retain } = message;
  const name = Buffer.from(topic);
  const length = encodeLength(2 + name.length + (qos > 0 ? 2 : 0) + payload.length);
  const first = (PacketType.publish << 4) | (repeated ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
  const parts = [Buffer.from([first]), length, Buffer.from([name.length >> 8, name.length & 0xff]), name];
  if (qos > 0) parts.push(Buffer.from([id >> 8, id & 0xff]));
  return Buffer.concat([...parts, payload]);
}

/** Remaining Length, section 2.2.3. */
function encodeLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.from(bytes);
}
