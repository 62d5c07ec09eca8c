/** Devices whose uplinks keep a codec busy until it is stopped: they would stop everybody else's too. */

import type { Micros } from "../model.ts";
import { maximumTimeouts } from "./codec-sandbox.ts";

/** Time after a device's last timeout, by arrival, in which its codec is not called for it any more. */
const holdMicros = 60_000_000;
const rememberedDevices = 10_000;

export class TimeoutHold {
  readonly #devices = new Map<string, { timeouts: number; last: Micros }>();

  /** Whether a message must not be tried. */
  holds(source: string, receivedAt: Micros): boolean {
    const device = this.#devices.get(source);
    if (device === undefined) return false;
    if (Math.abs(receivedAt - device.last) <= holdMicros) return device.timeouts >= maximumTimeouts;
    this.#devices.delete(source);
    return false;
  }

  /** A message ran into its limit of time. */
  add(source: string, receivedAt: Micros): void {
    if (this.#devices.size >= rememberedDevices) this.#devices.clear();
    const timeouts = (this.#devices.get(source)?.timeouts ?? 0) + 1;
    this.#devices.set(source, { timeouts, last: receivedAt });
  }
}
