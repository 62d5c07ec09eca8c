/** A decode worker: messages in from the pipeline, decoded parts out to the lake. */
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { BatchDecoder } from "./decode.ts";
import { loadDecoder } from "./decoder-bundle.ts";
import type { MessageBatch } from "./message-batch.ts";
import { transferables } from "./packed.ts";
import { RecentMessages } from "./recent-messages.ts";
import { rememberStored } from "./stored-ids.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./worker-protocol.ts";

const { settings, tenant, remembered, progress } = workerData as WorkerSetup;
const pipeline = parentPort as MessagePort;
const inHand = new Int32Array(progress);
const recent = new RecentMessages(remembered);
let lake: MessagePort | null = null;

const tell = (message: FromWorker): void => pipeline.postMessage(message);

try {
  const decoder = await loadDecoder(settings, tenant);
  const onMessage = (index: number): void => void Atomics.store(inHand, 0, index + 1);
  const decode = new BatchDecoder({ decoder, tenant, recent, onMessage });
  pipeline.on("message", (message: ToWorker) => {
    if (message.kind === "begin") {
      lake = message.lake;
      recent.mark(message.remembersFrom);
      for (const ids of message.ids) rememberStored(recent, ids);
    } else {
      handOn(decode, message.messages);
    }
  });
  tell({ kind: "loaded" });
} catch (error) {
  tell({ kind: "refused", message: (error as Error).message });
}

function handOn(decode: BatchDecoder, messages: MessageBatch): void {
  const { part, warnings } = decode.decode(messages);
  Atomics.store(inHand, 0, 0);
  lake?.postMessage(part, transferables(part));
  if (warnings.length > 0) tell({ kind: "warnings", warnings });
}
