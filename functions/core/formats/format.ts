import type { Births } from "../births.ts";
import type { Message } from "../model.ts";
import type { MessageRows } from "../rows.ts";
import type { Ts013Profile } from "../profiles/profile.ts";

/**
 * Turns one message into rows. May throw a Fault: the message is then refused as a whole. A bad part of an
 * otherwise good message is reported through `rows.problems`.
 * Returns earlier messages that can be decoded now, if this one was what they waited for.
 */
export interface MessageDecoder {
  (message: Message, rows: MessageRows): readonly Message[] | void;
  /** Be told of a message that will be decoded, by formats for which many together cost less. Never throws. */
  readonly foresee?: (message: Message) => void;
}

/**
 * Uncompress gzip (RFC 1952) as a port: the core has no platform module.
 * Returns null for what is no gzip, and for what becomes more than `maximumBytes`, which is found before they are made.
 */
export type Gunzip = (bytes: Uint8Array, maximumBytes: number) => Uint8Array | null;

/**
 * Decoding by LoRa Alliance TS013 codecs, `ts013Decoder` of ts013.ts with a sandbox: a port, because it is a part that most
 * deployments do without.
 * Throws an Error for a codec that does not load, and where the part is not there.
 */
export type Ts013 = (profile: Ts013Profile) => MessageDecoder;

/** What a format may need from outside the message at hand. */
export interface FormatPorts {
  readonly births: Births;
  readonly gunzip: Gunzip;
  readonly ts013: Ts013;
}
