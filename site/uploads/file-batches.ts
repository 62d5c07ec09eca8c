/** The messages of a file, so many at a time. */
import type { Opened } from "../../functions/core/envelopes/opened.ts";
import type { Fault } from "../../functions/core/fault.ts";
import type { LogFileReader } from "../../functions/core/files/log-file.ts";
import type { Message } from "../../functions/core/model.ts";

export interface FileBatch {
  readonly messages: readonly Message[];
  /** Stretches that are no record. */
  readonly unreadable: readonly { readonly message: Message; readonly fault: Fault }[];
}

/** Messages that are compared with the lake at once. */
const batchSize = 4_000;

export async function* fileBatches(
  content: AsyncIterable<Uint8Array>,
  reader: LogFileReader,
): AsyncGenerator<FileBatch> {
  let messages: Message[] = [];
  let unreadable: { message: Message; fault: Fault }[] = [];
  function* cut(opened: readonly Opened[], isEnd: boolean): Generator<FileBatch> {
    for (const { message, fault } of opened) {
      if (fault !== null) unreadable.push({ message, fault });
      else messages.push({ ...message, payload: message.payload.slice() });
      if (messages.length + unreadable.length >= batchSize) yield take();
    }
    if (isEnd && messages.length + unreadable.length > 0) yield take();
  }
  const take = (): FileBatch => {
    const batch = { messages, unreadable };
    messages = [];
    unreadable = [];
    return batch;
  };
  for await (const bytes of content) yield* cut(reader.push(bytes), false);
  yield* cut(reader.end(), true);
}
