import { describe, expect, test } from "@jest/globals";
import { generate, type Packet } from "mqtt-packet";
import { PacketGuard, type PacketHandler } from "../../../site/broker/guard.ts";
import { type Refusal, Violation } from "../../../site/broker/refusals.ts";

/** Writes down what the guard lets through. */
class Recorder implements PacketHandler {
  readonly seen: string[] = [];
  isHeld = false;
  connect(packet: object | null): void {
    this.seen.push(`connect ${JSON.stringify(packet)}`);
  }
  publish(...[qos, retain, id, bytes, from, to, end]: Parameters<PacketHandler["publish"]>): void {
    const payload = bytes.toString("utf8", qos > 0 ? to + 2 : to, end);
    this.seen.push(`publish ${qos} ${retain} ${id} ${bytes.toString("utf8", from, to)} ${payload}`);
  }
  acknowledge(type: number, id: number): void {
    this.seen.push(`acknowledge ${type} ${id}`);
  }
  subscribe(packet: object): void {
    this.seen.push(`subscribe ${JSON.stringify(packet)}`);
  }
  unsubscribe(packet: object): void {
    this.seen.push(`unsubscribe ${JSON.stringify(packet)}`);
  }
  ping(): void {
    this.seen.push("ping");
  }
  disconnect(): void {
    this.seen.push("disconnect");
  }
}

const connect = generate({
  cmd: "connect",
  protocolId: "MQTT",
  protocolVersion: 4,
  clientId: "a",
  clean: true,
  keepalive: 60,
});
const bytes = (...parts: readonly (number | string)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part, "latin1"))),
  );

/** What the guard says to these bytes behind a good CONNECT. */
function verdict(stream: Buffer, isConnected = true): Refusal | string[] {
  const recorder = new Recorder();
  const guard = new PacketGuard(recorder, 70_000);
  try {
    if (isConnected) guard.feed(connect);
    guard.feed(stream);
  } catch (error) {
    if (error instanceof Violation) return error.refusal;
    throw error;
  }
  return recorder.seen.slice(isConnected ? 1 : 0);
}

describe("packets that MQTT 3.1.1 allows", () => {
  const packets: Packet[] = [
    { cmd: "publish", topic: "a/b", payload: "x", qos: 0, dup: false, retain: false },
    {
      cmd: "publish",
      topic: "grüße/☃",
      payload: Buffer.alloc(300, 65),
      qos: 1,
      messageId: 65_535,
      dup: true,
      retain: true,
    },
    { cmd: "publish", topic: "a", payload: "", qos: 2, messageId: 7, dup: false, retain: false },
    { cmd: "puback", messageId: 1 },
    { cmd: "pubrel", messageId: 515 },
    {
      cmd: "subscribe",
      messageId: 9,
      subscriptions: [
        { topic: "+/a/#", qos: 1 },
        { topic: "b", qos: 2 },
      ],
    },
    { cmd: "unsubscribe", messageId: 10, unsubscriptions: ["a", "+/+"] },
    { cmd: "pingreq" },
    { cmd: "disconnect" },
  ];
  const stream = Buffer.concat([connect, ...packets.map((packet) => generate(packet))]);

  const whole = (): string[] => {
    const recorder = new Recorder();
    new PacketGuard(recorder, 70_000).feed(stream);
    return recorder.seen;
  };

  test("pass with what they say", () => {
    expect(whole()).toEqual([
      expect.stringContaining('"clientId":"a"'),
      "publish 0 false 0 a/b x",
      `publish 1 true 65535 grüße/☃ ${"A".repeat(300)}`,
      "publish 2 false 7 a ",
      "acknowledge 4 1",
      "acknowledge 6 515",
      'subscribe {"id":9,"requests":[{"filter":"+/a/#","qos":1},{"filter":"b","qos":2}]}',
      'unsubscribe {"id":10,"filters":["a","+/+"]}',
      "ping",
      "disconnect",
    ]);
  });

  test.each([1, 2, 3, 5, 7, 64, 150])("however the network cuts them: pieces of %i bytes", (size) => {
    const recorder = new Recorder();
    const guard = new PacketGuard(recorder, 70_000);
    for (let at = 0; at < stream.length; at += size) guard.feed(Buffer.from(stream.subarray(at, at + size)));
    expect(recorder.seen).toEqual(whole());
    expect(guard.packets).toBe(packets.length + 1);
  });

  test("wait while the handler holds the stream, and none is lost", () => {
    const recorder = new Recorder();
    const guard = new PacketGuard(recorder, 70_000);
    recorder.isHeld = true;
    for (let at = 0; at < stream.length; at += 40) guard.feed(stream.subarray(at, at + 40));
    expect(recorder.seen).toEqual([]);
    recorder.isHeld = false;
    guard.resume();
    expect(recorder.seen).toEqual(whole());
  });
});

describe("packets that it does not", () => {
  const cases: readonly [string, Refusal, Buffer][] = [
    ["type 0", "malformed packet", bytes(0x00, 0)],
    ["type 15", "malformed packet", bytes(0xf0, 0)],
    ["CONNACK from a client", "malformed packet", bytes(0x20, 2, 0, 0)],
    ["SUBACK from a client", "malformed packet", bytes(0x90, 3, 0, 1, 0)],
    ["a second CONNECT", "second CONNECT", connect],
    ["PINGREQ with flags", "malformed packet", bytes(0xc1, 0)],
    ["PINGREQ with a body", "malformed packet", bytes(0xc0, 1, 0)],
    ["DISCONNECT with flags", "malformed packet", bytes(0xe8, 0)],
    ["PUBACK with flags", "malformed packet", bytes(0x42, 2, 0, 1)],
    ["PUBACK of three bytes", "malformed packet", bytes(0x40, 3, 0, 1, 0)],
    ["PUBACK with packet id 0", "malformed packet", bytes(0x40, 2, 0, 0)],
    ["PUBREL without its flag", "malformed packet", bytes(0x60, 2, 0, 1)],
    ["PUBLISH of QoS 3", "malformed packet", bytes(0x36, 5, 0, 1, "a", 0, 1)],
    ["PUBLISH of QoS 0, repeated", "malformed packet", bytes(0x38, 3, 0, 1, "a")],
    ["PUBLISH with packet id 0", "malformed packet", bytes(0x32, 5, 0, 1, "a", 0, 0)],
    ["PUBLISH with a topic beyond its end", "malformed packet", bytes(0x30, 3, 0, 9, "a")],
    ["PUBLISH without a topic length", "malformed packet", bytes(0x30, 1, 0)],
    ["PUBLISH of QoS 1 without packet id", "malformed packet", bytes(0x32, 3, 0, 1, "a")],
    ["SUBSCRIBE without its flag", "malformed packet", bytes(0x80, 6, 0, 1, 0, 1, "a", 0)],
    ["SUBSCRIBE to nothing", "malformed packet", bytes(0x82, 2, 0, 1)],
    ["SUBSCRIBE with packet id 0", "malformed packet", bytes(0x82, 6, 0, 0, 0, 1, "a", 0)],
    ["SUBSCRIBE with QoS 3", "malformed packet", bytes(0x82, 6, 0, 1, 0, 1, "a", 3)],
    ["SUBSCRIBE without a QoS", "malformed packet", bytes(0x82, 5, 0, 1, 0, 1, "a")],
    ["SUBSCRIBE to an empty filter", "malformed packet", bytes(0x82, 5, 0, 1, 0, 0, 0)],
    ["SUBSCRIBE to a#", "malformed packet", bytes(0x82, 7, 0, 1, 0, 2, "a#", 0)],
    ["SUBSCRIBE to #/a", "malformed packet", bytes(0x82, 8, 0, 1, 0, 3, "#/a", 0)],
    ["SUBSCRIBE to a+", "malformed packet", bytes(0x82, 7, 0, 1, 0, 2, "a+", 0)],
    ["SUBSCRIBE to ill-formed UTF-8", "text is not UTF-8", bytes(0x82, 7, 0, 1, 0, 2, "\xc3\x28", 0)],
    ["SUBSCRIBE to U+0001", "malformed packet", bytes(0x82, 6, 0, 1, 0, 1, "\x01", 0)],
    ["SUBSCRIBE marked as repeated", "malformed packet", bytes(0x8a, 6, 0, 1, 0, 1, "a", 0)],
    ["PUBREL marked as repeated", "malformed packet", bytes(0x6a, 2, 0, 1)],
    ["UNSUBSCRIBE from nothing", "malformed packet", bytes(0xa2, 2, 0, 1)],
    ["UNSUBSCRIBE with a rest", "malformed packet", bytes(0xa2, 6, 0, 1, 0, 1, "a", 0)],
    ["a length of five bytes", "malformed packet", bytes(0x30, 0xff, 0xff, 0xff, 0xff, 0x01)],
  ];
  test.each(cases)("%s", (_name, refusal, stream) => {
    expect(verdict(stream)).toBe(refusal);
  });

  test("are refused from their first bytes: 256 MB are claimed, five bytes are kept", () => {
    expect(verdict(bytes(0x30, 0xff, 0xff, 0xff, 0x7f))).toBe("packet too large");
    expect(verdict(bytes(0x30, 0xf1, 0xa2, 0x04))).toBe("packet too large");
    expect(verdict(bytes(0x30, 0xf0, 0xa2, 0x04))).toEqual([]);
    expect(verdict(bytes(0x36))).toBe("malformed packet");
  });

  test("the first packet is CONNECT", () => {
    expect(verdict(bytes(0xc0, 0), false)).toBe("first packet is not CONNECT");
    expect(verdict(bytes(0x30, 3, 0, 1, "a"), false)).toBe("first packet is not CONNECT");
    expect(verdict(bytes("GET / HTTP/1.1\r\n"), false)).toBe("malformed packet");
  });
});

test("MQTT 3.1 marks PUBREL, SUBSCRIBE and UNSUBSCRIBE as repeated, and nothing else", () => {
  const old = generate({
    cmd: "connect",
    protocolId: "MQIsdp",
    protocolVersion: 3,
    clientId: "a",
    clean: true,
  });
  const repeated = [
    bytes(0x6a, 2, 0, 1),
    bytes(0x8a, 6, 0, 2, 0, 1, "a", 1),
    bytes(0xaa, 5, 0, 3, 0, 1, "a"),
  ];
  expect(verdict(Buffer.concat([old, ...repeated]), false)).toEqual([
    expect.stringContaining('"level":3'),
    "acknowledge 6 1",
    'subscribe {"id":2,"requests":[{"filter":"a","qos":1}]}',
    'unsubscribe {"id":3,"filters":["a"]}',
  ]);
  for (const stream of [bytes(0x48, 2, 0, 1), bytes(0x68, 2, 0, 1), bytes(0x6e, 2, 0, 1), bytes(0xc8, 0)]) {
    expect(verdict(Buffer.concat([old, stream]), false)).toBe("malformed packet");
  }
});

describe("CONNECT", () => {
  const packet = (
    name: string,
    level: number,
    flags: number,
    ...rest: readonly (number | string)[]
  ): Buffer => {
    const body = bytes(0, name.length, name, level, flags, 0, 60, ...rest);
    return Buffer.concat([bytes(0x10, body.length), body]);
  };
  const good: readonly [string, Buffer][] = [
    ["of MQTT 3.1.1", packet("MQTT", 4, 2, 0, 1, "a")],
    ["of MQTT 3.1", packet("MQIsdp", 3, 2, 0, 1, "a")],
    ["of MQTT 3.1 with what is reserved since", packet("MQIsdp", 3, 3, 0, 1, "a")],
    ["with a will of QoS 2", packet("MQTT", 4, 0x36, 0, 1, "a", 0, 1, "w", 0, 2, "\x00\xff")],
    ["with a user name and a password", packet("MQTT", 4, 0xc2, 0, 1, "a", 0, 1, "u", 0, 1, "p")],
  ];
  test.each(good)("%s passes", (_name, stream) => {
    expect(verdict(stream, false)).toHaveLength(1);
  });

  test("of a version that is not spoken here is handed on to be answered", () => {
    expect(verdict(packet("MQTT", 5, 2, 0, 0, 1, "a"), false)).toEqual(["connect null"]);
    expect(verdict(packet("MQTT", 3, 2, 0, 1, "a"), false)).toEqual(["connect null"]);
  });

  const bad: readonly [string, Refusal, Buffer][] = [
    ["another protocol", "malformed packet", packet("HTTP", 4, 2, 0, 1, "a")],
    ["the reserved flag", "malformed packet", packet("MQTT", 4, 3, 0, 1, "a")],
    ["a will of QoS 3", "malformed packet", packet("MQTT", 4, 0x1e, 0, 1, "a", 0, 1, "w", 0, 1, "x")],
    ["a will QoS and no will", "malformed packet", packet("MQTT", 4, 0x0a, 0, 1, "a")],
    ["will retain and no will", "malformed packet", packet("MQTT", 4, 0x22, 0, 1, "a")],
    ["a password and no user name", "malformed packet", packet("MQTT", 4, 0x42, 0, 1, "a", 0, 1, "p")],
    ["a wildcard will topic", "malformed packet", packet("MQTT", 4, 0x06, 0, 1, "a", 0, 1, "#", 0, 1, "x")],
    ["no client id at all", "malformed packet", packet("MQTT", 4, 2)],
    ["bytes left over", "malformed packet", packet("MQTT", 4, 2, 0, 1, "a", 9)],
    ["an ill-formed client id", "text is not UTF-8", packet("MQTT", 4, 2, 0, 2, "\xed\xa0")],
    ["a surrogate in its client id", "text is not UTF-8", packet("MQTT", 4, 2, 0, 3, "\xed\xa0\x80")],
    ["U+0000 in its client id", "text is not UTF-8", packet("MQTT", 4, 2, 0, 2, "a\0")],
    ["U+001F in its client id", "malformed packet", packet("MQTT", 4, 2, 0, 2, "a\x1f")],
    ["U+009F in its user name", "malformed packet", packet("MQTT", 4, 0x82, 0, 1, "a", 0, 2, "\xc2\x9f")],
    [
      "U+007F in its will's topic",
      "malformed packet",
      packet("MQTT", 4, 6, 0, 1, "a", 0, 1, "\x7f", 0, 1, "x"),
    ],
    [
      "flags in its first byte",
      "malformed packet",
      Buffer.concat([bytes(0x11), packet("MQTT", 4, 2, 0, 1, "a").subarray(1)]),
    ],
  ];
  test.each(bad)("with %s is refused", (_name, refusal, stream) => {
    expect(verdict(stream, false)).toBe(refusal);
  });
});
