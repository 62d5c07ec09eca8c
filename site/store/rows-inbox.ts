/** Rows that came from the decode workers and wait for the word that their batch is whole. */
import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { DecodedRowsMessage, MemoryGivenBack } from "./decode-thread.ts";
import type { PackedTable } from "./packed.ts";

export class RowsInbox {
  #ports: readonly MessagePort[] = [];
  readonly #senders = new WeakMap<PackedTable, MessagePort>();

  /** One port a worker; those of former workers are done with. */
  attach(ports: readonly MessagePort[]): void {
    for (const port of this.#ports) port.close();
    this.#ports = ports;
  }

  /** Rows of a batch, which every worker has sent before anybody asks. Throws where one has not. */
  take(id: number): PackedTable[] {
    return this.#ports.flatMap((port, shard) => {
      const received = receiveMessageOnPort(port) as { message: DecodedRowsMessage } | undefined;
      if (received?.message.id !== id) {
        throw new Error(
          `batch ${id}: received ${received?.message.id ?? "nothing"} from decode worker ${shard}`,
        );
      }
      const { tables } = received.message;
      for (const packed of tables) this.#senders.set(packed, port);
      return tables;
    });
  }

  /** Their memory is not read any more: who sent them may use it again. */
  giveBack(packs: readonly PackedTable[]): void {
    for (const [port, own] of Map.groupBy(packs, (packed) => this.#senders.get(packed))) {
      const blocks: MemoryGivenBack = own.map(({ block }) => block);
      port?.postMessage(blocks);
    }
  }
}
