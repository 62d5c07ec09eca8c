/** Who gets as far as a TLS handshake: so many a second from one address, and so many unfinished at a time. */
import type { Socket } from "node:net";
import type { Refusal } from "./refusals.ts";
import { TokenBucket } from "./token-bucket.ts";

/** More unfinished handshakes end the oldest: a flood of half-open ones must not keep a device out. */
const mostUnfinished = 1024;
const mostAddresses = 10_000;

export class Admission {
  readonly #perSecond: number;
  readonly #milliseconds: number;
  readonly #buckets = new Map<string, TokenBucket>();
  /** Oldest first. */
  readonly #unfinished = new Map<Socket, number>();
  readonly #refused: (refusal: Refusal, isUnderWay: boolean) => void;

  /** A handshake gets `seconds`; `refused` hears of who was turned away, before or in the middle of it. */
  constructor(perSecond: number, seconds: number, refused: (refusal: Refusal, isUnderWay: boolean) => void) {
    this.#perSecond = perSecond;
    this.#milliseconds = seconds * 1000;
    this.#refused = refused;
  }

  /** False where the socket was turned away: a handshake costs 7 ms, an accepted socket next to nothing. */
  admit(socket: Socket, now: number): boolean {
    if (!this.#bucket(socket.remoteAddress ?? "", now).tryTake(now)) {
      this.#turnAway(socket, "too many handshakes from one address");
      return false;
    }
    if (this.#unfinished.size >= mostUnfinished) {
      const [oldest] = this.#unfinished.keys();
      if (oldest !== undefined) this.#turnAway(oldest, "handshake too slow");
    }
    this.#unfinished.set(socket, now);
    socket.once("close", () => this.#unfinished.delete(socket));
    return true;
  }

  /** The handshake is over, one way or the other. */
  finished(socket: Socket): void {
    this.#unfinished.delete(socket);
  }

  /** Ends handshakes that take too long. */
  check(now: number): void {
    for (const [socket, since] of this.#unfinished) {
      if (now - since < this.#milliseconds) return;
      this.#turnAway(socket, "handshake too slow");
    }
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

  #turnAway(socket: Socket, refusal: Refusal): void {
    this.#refused(refusal, this.#unfinished.delete(socket));
    socket.destroy();
  }
}
