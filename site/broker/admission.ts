/** Who gets as far as a TLS handshake: so many a second from one address, and so many unfinished at a time. */
import type { Socket } from "node:net";
import type { Refusal } from "./refusals.ts";
import { AddressBuckets } from "./address-buckets.ts";

/** More unfinished handshakes end the oldest: a flood of half-open ones must not keep a device out. */
const mostUnfinished = 1024;

export class Admission {
  readonly #milliseconds: number;
  readonly #buckets: AddressBuckets;
  /** Oldest first. */
  readonly #unfinished = new Map<Socket, number>();
  readonly #refused: (refusal: Refusal, isUnderWay: boolean) => void;

  /** A handshake gets `seconds`; `refused` hears of who was turned away, before or in the middle of it. */
  constructor(perSecond: number, seconds: number, refused: (refusal: Refusal, isUnderWay: boolean) => void) {
    this.#buckets = new AddressBuckets(perSecond);
    this.#milliseconds = seconds * 1000;
    this.#refused = refused;
  }

  /** False where the socket was turned away: a handshake costs 7 ms, an accepted socket next to nothing. */
  admit(socket: Socket, now: number): boolean {
    if (!this.#buckets.tryTake(socket.remoteAddress ?? "", now)) {
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

  #turnAway(socket: Socket, refusal: Refusal): void {
    this.#refused(refusal, this.#unfinished.delete(socket));
    socket.destroy();
  }
}
