/** Sparkplug data that came before their birth, until one is read: as many as memory may hold. */
import type { Message } from "../../functions/core/model.ts";

const mostBytes = 16 * 1024 * 1024;
/** Of a message beside its payload. */
const messageBytes = 400;

export class UnbornMessages {
  readonly #waiting = new Map<string, Message[]>();
  #bytes = 0;

  /** A copy: the payload is a piece of its segment, which would be kept whole. */
  add(message: Message): void {
    const bytes = message.payload.length + messageBytes;
    if (this.#bytes + bytes > mostBytes) return;
    this.#bytes += bytes;
    const own = this.#waiting.get(message.deviceId) ?? [];
    own.push({ ...message, payload: new Uint8Array(message.payload) });
    this.#waiting.set(message.deviceId, own);
  }

  /** In order; they wait no longer. */
  take(deviceId: string): readonly Message[] {
    const own = this.#waiting.get(deviceId) ?? [];
    this.#waiting.delete(deviceId);
    for (const { payload } of own) this.#bytes -= payload.length + messageBytes;
    return own;
  }
}
