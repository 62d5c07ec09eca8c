/** Retained messages (section 3.3.1.3), on disk before they are acknowledged. */
import type { StateStore } from "./state-store.ts";
import { TopicMap } from "./topic-tree.ts";

export interface RetainedMessage {
  readonly payload: Buffer;
  readonly qos: 0 | 1;
}

const keyPrefix = "retained/";

export class RetainedMessages {
  readonly #messages = new TopicMap<RetainedMessage>();
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
    for (const [topic, value] of store.below(keyPrefix)) {
      this.#messages.set(topic, { qos: value[0] === 1 ? 1 : 0, payload: value.subarray(1) });
    }
  }

  get(topic: string): RetainedMessage | undefined {
    return this.#messages.get(topic);
  }

  match(filter: string): (readonly [topic: string, message: RetainedMessage])[] {
    return this.#messages.match(filter);
  }

  /** An empty payload removes what is there [MQTT-3.3.1-10]. In force at once; {@link StateStore.flush} makes it safe. */
  set(topic: string, payload: Buffer, qos: 0 | 1): void {
    if (payload.length === 0) {
      this.#messages.delete(topic);
      this.#store.set(keyPrefix + topic, null);
    } else {
      this.#messages.set(topic, { payload, qos });
      this.#store.set(keyPrefix + topic, Buffer.concat([Buffer.from([qos]), payload]));
    }
  }
}
