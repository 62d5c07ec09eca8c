/** The thread for what takes long to compute, seen from outside: started when first needed, and anew where it ended. */
import { Worker } from "node:worker_threads";
import type { Methods, Thinking } from "./methods.ts";
import type { ThreadRequest } from "./thread.ts";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

type ThreadAnswer = { readonly id: number; readonly result?: unknown; readonly error?: string };

/** Milliseconds; who takes longer is ended with the thread. */
const timeoutMs = 20_000;

export class Thinker implements Thinking {
  #worker: Worker | null = null;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  /** Counts starts: what an earlier thread was told, a new one does not know. */
  #generation = 0;

  /** Which start the thread that runs now is from. */
  start(): number {
    this.#thread();
    return this.#generation;
  }

  call<Name extends keyof Methods>(
    method: Name,
    ...args: Parameters<Methods[Name]>
  ): Promise<ReturnType<Methods[Name]>> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.#next++;
    const timer = setTimeout(() => this.#end(new Error(`it took over ${timeoutMs / 1000} s`)), timeoutMs);
    this.#waiting.set(id, { resolve, reject, timer });
    this.#thread().postMessage({ id, method, args } satisfies ThreadRequest);
    return promise as Promise<ReturnType<Methods[Name]>>;
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#end(new Error("the console stops"));
    await worker?.terminate();
  }

  #thread(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL("./thread.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    this.#generation += 1;
    worker.on("message", ({ id, result, error }: ThreadAnswer) => {
      const waiting = this.#waiting.get(id);
      if (waiting === undefined) return;
      this.#waiting.delete(id);
      clearTimeout(waiting.timer);
      if (error === undefined) waiting.resolve(result);
      else waiting.reject(new Error(error));
    });
    worker.on("error", (error) => this.#end(error as Error, worker));
    worker.on("exit", () => this.#end(new Error("the thread ended"), worker));
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #end(error: Error, worker = this.#worker): void {
    if (worker === null || worker !== this.#worker) return;
    this.#worker = null;
    void worker.terminate();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}
