/** Counts wrong access tokens per address and shuts an address out for a while once there were too many. */
import { isIPv4, isIPv6 } from "node:net";

export interface ThrottleOptions {
  /** Wrong tokens that an address may send within the window. */
  readonly attempts: number;
  /** Milliseconds from the first wrong token on after which the count starts anew. */
  readonly windowMs: number;
  /** Addresses remembered at once; the longest known one is forgotten first. */
  readonly maxAddresses: number;
}

const defaults: ThrottleOptions = { attempts: 10, windowMs: 60_000, maxAddresses: 4096 };

interface Failures {
  count: number;
  readonly since: number;
}

export class Throttle {
  readonly #options: ThrottleOptions;
  readonly #now: () => number;
  readonly #failures = new Map<string, Failures>();

  /** `now` in milliseconds. */
  constructor(options: Partial<ThrottleOptions> = {}, now: () => number = Date.now) {
    this.#options = { ...defaults, ...options };
    this.#now = now;
  }

  /** Seconds until the address may try again; 0 where it may now. */
  retryAfter(address: string): number {
    const failures = this.#current(network(address));
    if (failures === undefined || failures.count < this.#options.attempts) return 0;
    return Math.max(1, Math.ceil((failures.since + this.#options.windowMs - this.#now()) / 1000));
  }

  wrongToken(address: string): void {
    const key = network(address);
    const failures = this.#current(key);
    if (failures !== undefined) {
      failures.count += 1;
      return;
    }
    if (this.#failures.size >= this.#options.maxAddresses) {
      const [longestKnown] = this.#failures.keys();
      if (longestKnown !== undefined) this.#failures.delete(longestKnown);
    }
    this.#failures.set(key, { count: 1, since: this.#now() });
  }

  rightToken(address: string): void {
    this.#failures.delete(network(address));
  }

  #current(key: string): Failures | undefined {
    const failures = this.#failures.get(key);
    if (failures === undefined || this.#now() - failures.since < this.#options.windowMs) return failures;
    this.#failures.delete(key);
    return undefined;
  }
}

/** IPv6 hosts choose their last 64 bits at will (RFC 4291, 2.5.4): such an address counts by its network. */
export function network(address: string): string {
  const plain = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
  if (isIPv4(plain) || !isIPv6(plain)) return plain;
  const [head = "", tail] = plain.toLowerCase().split("%")[0]?.split("::") ?? [];
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...after];
  const first64 = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${first64.join(":")}::/64`;
}
