import { isUtf8 } from "node:buffer";
import { Violation } from "./refusals.ts";

/** Walks the body of one packet; what is missing or left over is a violation that names the packet. */
export class BodyReader {
  readonly #bytes: Buffer;
  readonly #packet: string;
  #at: number;
  readonly #end: number;

  constructor(packet: string, bytes: Buffer, start: number, end: number) {
    this.#packet = packet;
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#end;
  }

  byte(): number {
    this.#need(1);
    return this.#bytes[this.#at++] as number;
  }

  uint16(): number {
    this.#need(2);
    const value = this.#bytes.readUInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  /** Section 2.3.1: never 0. */
  packetId(): number {
    const id = this.uint16();
    if (id === 0) throw this.malformed("packet identifier 0 [MQTT-2.3.1-1]");
    return id;
  }

  /** A length-prefixed UTF-8 text (section 1.5.3). */
  text(): string {
    return readText(this.#packet, this.binary());
  }

  /** Length-prefixed bytes, not copied. */
  binary(): Buffer {
    const length = this.uint16();
    this.#need(length);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  end(): void {
    if (!this.isAtEnd) throw this.malformed(`${this.#end - this.#at} bytes too many`);
  }

  malformed(detail: string): Violation {
    return new Violation("malformed packet", `${this.#packet} with ${detail}`);
  }

  #need(length: number): void {
    if (this.#at + length > this.#end) throw this.malformed("its end cut off");
  }
}

/**
 * Well-formed UTF-8, so no surrogates [MQTT-1.5.3-1], no U+0000 [MQTT-1.5.3-2], and none of the other control characters,
 * which section 1.5.3 lets a receiver refuse: in a name they can only deceive who reads it. Throws {@link Violation}.
 */
function readText(packet: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Violation("text is not UTF-8", packet);
  const text = bytes.toString("utf8");
  if (text.includes("\0")) throw new Violation("text is not UTF-8", `${packet} with U+0000 [MQTT-1.5.3-2]`);
  if (/\p{Cc}/u.test(text)) {
    throw new Violation("malformed packet", `${packet} with a control character in a text (section 1.5.3)`);
  }
  return text;
}

/** A topic name is not empty and holds no wildcard [MQTT-3.3.2-2, 4.7.3-1]; throws {@link Violation}. */
export function checkTopicName(packet: string, bytes: Buffer): string {
  if (bytes.length === 0)
    throw new Violation("malformed packet", `${packet} with an empty topic [MQTT-4.7.3-1]`);
  const topic = readText(packet, bytes);
  if (/[+#]/.test(topic))
    throw new Violation("malformed packet", `${packet} to a wildcard topic [MQTT-3.3.2-2]`);
  return topic;
}

/** Section 4.7.1: `#` only as the last level, `+` only as a whole level. */
export function isTopicFilter(filter: string): boolean {
  if (filter === "") return false;
  const levels = filter.split("/");
  return levels.every((level, index) => {
    if (level === "+") return true;
    if (level === "#") return index === levels.length - 1;
    return !/[+#]/.test(level);
  });
}
