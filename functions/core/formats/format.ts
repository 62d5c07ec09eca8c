import type { Message } from "../model.ts";
import type { MessageRows } from "../rows.ts";

/**
 * Turns one message into rows. May throw a Fault: the message is then refused as a whole. A bad part of an
 * otherwise good message is reported through `rows.problems`.
 */
export type MessageDecoder = (message: Message, rows: MessageRows) => void;
