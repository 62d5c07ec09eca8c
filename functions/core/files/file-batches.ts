/** The messages of a file, so many at a time. */
import type { Opened } from "../envelopes/opened.ts";
import type { Fault } from "../fault.ts";
import type { LogFileReader } from "./log-file.ts";
import type { Message } from "../model.ts";

export interface FileBatch {
  readonly messages: readonly Message[];
  /** Stretches that are no record. */
  readonly unreadable: readonly { readonly message: Message; readonly fault: Fault }[];
}

export interface BatchLimits {
  readonly messages: number;
  /** Of payloads. */
  readonly bytes: number;
}

/** The same file makes the same batches. A batch ends behind the message that reaches a limit. */
export async function* fileBatches(
  content: AsyncIterable<Uint8Array>,
  reader: LogFileReader,
  limits: BatchLimits,
): AsyncGenerator<FileBatch> {
  let bytes = 0;
  let messages: Message[] = [];
  let unreadable: { message: Message; fault: Fault }[] = [];
  function* cut(opened: readonly Opened[], isEnd: boolean): Generator<FileBatch> {
    for (const { message, fault } of opened) {
      bytes += message.payload.length;
      if (fault !== null) unreadable.push({ message, fault });
      else messages.push({ ...message, payload: message.payload.slice() });
      if (messages.length + unreadable.length >= limits.messages || bytes >= limits.bytes) yield take();
    }
    if (isEnd && messages.length + unreadable.length > 0) yield take();
  }
  const take = (): FileBatch => {
    const batch = { messages, unreadable };
    messages = [];
    unreadable = [];
    bytes = 0;
    return batch;
  };
  for await (const bytes of content) yield* cut(reader.push(bytes), false);
  yield* cut(reader.end(), true);
}
