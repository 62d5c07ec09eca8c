import type { Socket } from "node:net";

/** Why reading from a connection waits; several at once. */
export const Hold = { congestion: 1, rate: 2, reader: 4, order: 8 } as const;
export type Hold = (typeof Hold)[keyof typeof Hold];

/** Back-pressure of one connection: while anything holds it, its socket is not read. */
export class Flow {
  readonly #socket: Socket;
  readonly #onRelease: () => void;
  #holds = 0;
  #isEnded = false;
  #timer: NodeJS.Timeout | undefined;

  /** `onRelease` takes what was read and waited; it may hold the flow again. */
  constructor(socket: Socket, onRelease: () => void) {
    this.#socket = socket;
    this.#onRelease = onRelease;
  }

  get isHeld(): boolean {
    return this.#holds !== 0;
  }

  hold(hold: Hold): void {
    if (this.#isEnded) return;
    this.#holds |= hold;
    this.#socket.pause();
  }

  release(hold: Hold): void {
    if ((this.#holds & hold) === 0) return;
    this.#holds &= ~hold;
    if (this.#holds === 0) this.#onRelease();
    if (this.#holds === 0) this.#socket.resume();
  }

  /** Holds for a time; a hold of that kind that is running stays as it is. */
  holdFor(hold: Hold, milliseconds: number): void {
    if (this.#isEnded || (this.#holds & hold) !== 0) return;
    this.hold(hold);
    this.#timer = setTimeout(() => this.release(hold), milliseconds);
  }

  /** Nothing is read any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#isEnded = true;
    this.#holds = 0;
  }
}
