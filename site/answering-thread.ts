/** A thread that answers one request at a time, seen from outside. */
import { Worker, type WorkerOptions } from "node:worker_threads";

export interface AnsweringThreadOptions extends WorkerOptions {
  /** Said to who waits where the thread ended without an error. */
  readonly ended: string;
  /** Milliseconds; who takes longer is ended with the thread. Default: as long as it takes. */
  readonly timeoutMs?: number;
}

export class AnsweringThread<Request, Answer> {
  readonly #worker: Worker;
  readonly #timeoutMs: number | undefined;
  #waiting: PromiseWithResolvers<Answer> | null = null;
  #dead: Error | null = null;

  constructor(module: URL, { ended, timeoutMs, ...options }: AnsweringThreadOptions) {
    this.#worker = new Worker(module, options);
    this.#timeoutMs = timeoutMs;
    this.#worker.on("message", (answer: Answer) => this.#waiting?.resolve(answer));
    // Listened to all the time: an error that nobody hears, between two requests, would end the whole process.
    this.#worker.on("error", (error) => this.#fail(error as Error));
    this.#worker.on("exit", () => this.#fail(new Error(ended)));
  }

  /** Ended, by itself or not: every request is refused. */
  get isDead(): boolean {
    return this.#dead !== null;
  }

  /** It does not keep the process alive. */
  unref(): this {
    this.#worker.unref();
    return this;
  }

  /** What it says next without being asked. Rejects where it ends, or takes too long. */
  async next(): Promise<Answer> {
    if (this.#dead !== null) throw this.#dead;
    this.#waiting = Promise.withResolvers<Answer>();
    const { promise } = this.#waiting;
    if (this.#timeoutMs === undefined) return promise;
    const timer = setTimeout(() => this.#giveUp(Number(this.#timeoutMs)), this.#timeoutMs);
    return promise.finally(() => clearTimeout(timer));
  }

  /** One at a time. Rejects as {@link next}. */
  ask(request: Request): Promise<Answer> {
    const answered = this.next();
    if (this.#dead === null) this.#worker.postMessage(request);
    return answered;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #giveUp(milliseconds: number): void {
    this.#fail(new Error(`it took over ${milliseconds / 1000} s`));
    void this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#dead ??= error;
    this.#waiting?.reject(this.#dead);
  }
}
