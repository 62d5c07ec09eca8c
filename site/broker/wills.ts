/** Last wills (section 3.1.2.5): kept on disk, so that a device that vanished with the broker is told of as well. */
import type { LastWill } from "./guard-connect.ts";
import type { StateStore } from "./state-store.ts";

const keyPrefix = "will/";

/** Publishes a will as a message of its device; `true` once it is safe, `false` where it has to be tried again. */
export type PublishWill = (clientId: string, will: LastWill) => Promise<boolean>;

export class Wills {
  readonly #kept = new Map<string, LastWill>();
  readonly #due = new Map<string, LastWill>();
  readonly #underWay = new Set<LastWill>();
  readonly #store: StateStore;
  readonly #publish: PublishWill;
  readonly #onFailure: (error: unknown) => void;

  constructor(store: StateStore, publish: PublishWill, onFailure: (error: unknown) => void) {
    this.#store = store;
    this.#publish = publish;
    this.#onFailure = onFailure;
    for (const [clientId, value] of store.below(keyPrefix)) this.#kept.set(clientId, decode(value));
  }

  /** A client connected, with this will or none; a former one is void. */
  keep(clientId: string, will: LastWill | null): void {
    this.#due.delete(clientId);
    if (will === null) {
      this.drop(clientId);
      return;
    }
    this.#kept.set(clientId, will);
    this.#save(clientId, encode(will));
  }

  /** The client said goodbye [MQTT-3.1.2-10]. */
  drop(clientId: string): void {
    if (this.#kept.delete(clientId)) this.#save(clientId, null);
  }

  /** The client is gone without a word [MQTT-3.1.2-8]. */
  vanished(clientId: string): void {
    const will = this.#kept.get(clientId);
    if (will === undefined) return;
    this.#kept.delete(clientId);
    this.#due.set(clientId, will);
    void this.#try(clientId, will);
  }

  /** Whoever did not come back since the broker went down is gone. */
  giveUp(isConnected: (clientId: string) => boolean): void {
    for (const clientId of [...this.#kept.keys()]) if (!isConnected(clientId)) this.vanished(clientId);
  }

  /** Wills that could not be published, on a full disk, are tried again. */
  retry(): void {
    for (const [clientId, will] of this.#due) void this.#try(clientId, will);
  }

  async #try(clientId: string, will: LastWill): Promise<void> {
    if (this.#underWay.has(will)) return;
    this.#underWay.add(will);
    const isSafe = await this.#publish(clientId, will);
    this.#underWay.delete(will);
    if (!isSafe || this.#due.get(clientId) !== will) return;
    this.#due.delete(clientId);
    if (!this.#kept.has(clientId)) this.#save(clientId, null);
  }

  #save(clientId: string, value: Buffer | null): void {
    this.#store.set(keyPrefix + clientId, value);
    this.#store.flush().catch(this.#onFailure);
  }
}

function encode({ topic, payload, qos, retain }: LastWill): Buffer {
  return Buffer.from(JSON.stringify({ topic, payload: payload.toString("base64"), qos, retain }));
}

function decode(value: Buffer): LastWill {
  const { payload, ...will } = JSON.parse(value.toString()) as Omit<LastWill, "payload"> & {
    payload: string;
  };
  return { ...will, payload: Buffer.from(payload, "base64") };
}
