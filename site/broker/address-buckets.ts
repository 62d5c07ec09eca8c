/** So many a second from one address, for however many addresses. */
import { TokenBucket } from "./token-bucket.ts";

const mostAddresses = 10_000;

export class AddressBuckets {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** `now` in milliseconds. */
  tryTake(address: string, now: number): boolean {
    return this.#bucket(address, now).tryTake(now);
  }

  #bucket(address: string, now: number): TokenBucket {
    const known = this.#buckets.get(address);
    if (known !== undefined) return known;
    if (this.#buckets.size >= mostAddresses) this.#forget(now);
    const bucket = new TokenBucket(this.#perSecond, now);
    this.#buckets.set(address, bucket);
    return bucket;
  }

  #forget(now: number): void {
    for (const [address, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(address);
    if (this.#buckets.size >= mostAddresses) this.#buckets.clear();
  }
}
