/** Data whose birth a replay has not found, by device: how many, and when the first and the last of them came. */
import { isoMicros } from "../../functions/core/instant.ts";
import type { Message, Micros } from "../../functions/core/model.ts";

interface Unborn {
  readonly messages: number;
  readonly first: Micros;
  readonly last: Micros;
}

export class UnbornDevices {
  readonly #devices = new Map<string, Unborn>();

  add({ deviceId, receivedAt }: Pick<Message, "deviceId" | "receivedAt">): void {
    const { messages, first, last } = this.#devices.get(deviceId) ?? {
      ...{ messages: 0, first: Infinity, last: -Infinity },
    };
    this.#devices.set(deviceId, {
      messages: messages + 1,
      first: Math.min(first, receivedAt),
      last: Math.max(last, receivedAt),
    });
  }

  /** In the order of their names; times as RFC 3339. */
  get all() {
    return [...this.#devices]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([device, { messages, first, last }]) => ({
        ...{ device, messages },
        ...{ first: isoMicros(first), last: isoMicros(last) },
      }));
  }
}
