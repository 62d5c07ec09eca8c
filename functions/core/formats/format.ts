import type { Births } from "../births.ts";
import type { Message } from "../model.ts";
import type { MessageRows } from "../rows.ts";

/**
 * Turns one message into rows. May throw a Fault: the message is then refused as a whole. A bad part of an
 * otherwise good message is reported through `rows.problems`.
 * Returns earlier messages that can be decoded now, if this one was what they waited for.
 */
export type MessageDecoder = (message: Message, rows: MessageRows) => readonly Message[] | void;

/**
 * Uncompress gzip (RFC 1952) as a port: the core has no platform module.
 * Returns null for what is no gzip, and for what becomes more than `maximumBytes`, which is found before they are made.
 */
export type Gunzip = (bytes: Uint8Array, maximumBytes: number) => Uint8Array | null;

/** What a format may need from outside the message at hand. */
export interface FormatPorts {
  readonly births: Births;
  readonly gunzip: Gunzip;
}
