/**
 * The sandbox on a thread of its own, waited for. A thread, because QuickJS can't be interrupted everywhere:
 * `Array.prototype.indexOf` of an array-like of 2^53 elements never asks whether it may go on, and a deep recursion ends
 * at the limit of this platform's stack before it ends at QuickJS's. A thread can always be ended, and has the stack that
 * it is given.
 */

import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import type { CodecCall, CodecOutcome, CodecSandbox } from "../core/formats/codec-sandbox.ts";
import {
  answersFlag,
  flagCount,
  progressFlag,
  readyFlag,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxThreadData,
} from "./agreement.ts";
import { held, stopped } from "./outcomes.ts";
import { readSandboxFiles, type SandboxFiles } from "./sandbox-files.ts";

/**
 * Milliseconds in which a thread has to begin, and then to get on by a call: many times what one may take. The latter of
 * this process's time, lest a busy machine ended a thread that had none.
 */
const startMilliseconds = 30_000;
const stuckMilliseconds = 1_500;
/** How often that is looked at, and how often at most: a thread that is no more takes no time. */
const lookMilliseconds = 250;
const maximumLooks = 24;

/** Threads that one run may use up before the rest of it is held. */
const maximumThreads = 3;

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly flags: Int32Array;
  /** Numbers of the codecs that it knows. */
  readonly known: Set<number>;
}

export class ThreadSandbox implements CodecSandbox {
  readonly #codecs = new Map<string, number>();
  /** Codecs that ended a thread: from then on each call is made for itself. */
  readonly #careful = new Set<string>();
  #files: SandboxFiles | null = null;
  #thread: Thread | null = null;

  start(): void {
    this.#thread ??= this.#started();
  }

  check(code: string): string | null {
    const { answer } = this.#ask(code, []);
    return answer === null || answer.isBroken
      ? "it does not load in bounded time and memory"
      : answer.mistake;
  }

  run(code: string, calls: readonly CodecCall[]): readonly CodecOutcome[] {
    const outcomes = new Array<CodecOutcome>(calls.length).fill(held);
    let left = calls.map((call, index) => ({ call, index }));
    for (let threads = 0; threads < maximumThreads && left.length > 0;) {
      const isCareful = this.#careful.has(code);
      const { answer, done } = this.#ask(
        code,
        left.map(({ call }) => call),
      );
      const known = answer?.outcomes ?? [];
      known.forEach((outcome, at) => (outcomes[left[at]!.index] = outcome));
      if (answer !== null && !answer.isBroken) return outcomes;
      if (!isCareful) {
        // Which of many calls it was, nobody knows.
        this.#careful.add(code);
        left = left.slice(known.length);
        continue;
      }
      threads += 1;
      // A thread that had to be ended takes with it what it had not handed over: those calls run again, without the bad one.
      const bad = left[answer === null ? done : known.length]!;
      outcomes[bad.index] = answer === null ? stopped.timeout : stopped.broken;
      const { source } = bad.call;
      left = left.filter(
        ({ call, index }, at) => at >= known.length && (index < bad.index || call.source !== source),
      );
    }
    return outcomes;
  }

  /** The thread's answer, and how many calls it had done when there is none. */
  #ask(code: string, calls: readonly CodecCall[]): { answer: SandboxAnswer | null; done: number } {
    let codec = this.#codecs.get(code);
    if (codec === undefined) this.#codecs.set(code, (codec = this.#codecs.size));
    this.start();
    const thread = this.#thread!;
    const { port, flags, known } = thread;
    Atomics.wait(flags, readyFlag, 0, startMilliseconds);
    const answers = Atomics.load(flags, answersFlag);
    let done = 0;
    if (Atomics.load(flags, readyFlag) === 1) {
      const before = Atomics.load(flags, progressFlag);
      const request: SandboxRequest = {
        codec,
        code: known.has(codec) ? null : code,
        calls,
        isCareful: this.#careful.has(code),
      };
      known.add(codec);
      port.postMessage(request);
      for (let stuck = 0, looks = 0; stuck < stuckMilliseconds && looks < maximumLooks; looks++) {
        const since = process.cpuUsage();
        if (Atomics.wait(flags, answersFlag, answers, lookMilliseconds) !== "timed-out") break;
        const { user, system } = process.cpuUsage(since);
        stuck += Math.min(lookMilliseconds, (user + system) / 1_000);
        const progress = Atomics.load(flags, progressFlag) - before;
        if (progress > done) stuck = looks = 0;
        done = progress;
      }
    }
    const received = receiveMessageOnPort(port) as { readonly message: SandboxAnswer } | undefined;
    const answer = received?.message ?? null;
    if (answer === null || answer.isBroken) this.#end(thread);
    return { answer, done };
  }

  #started(): Thread {
    const files = (this.#files ??= readSandboxFiles());
    const { port1: port, port2 } = new MessageChannel();
    const flags = new Int32Array(new SharedArrayBuffer(flagCount * Int32Array.BYTES_PER_ELEMENT));
    const workerData: SandboxThreadData = { wasm: files.wasm, flags, port: port2 };
    const worker = new Worker(files.thread, {
      name: "codec-sandbox",
      workerData,
      transferList: [port2],
      env: {},
      execArgv: [],
      resourceLimits: { stackSizeMb: 16, maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 },
    });
    // A thread that failed is found by whoever waits for it, and replaced.
    worker.on("error", () => {});
    worker.unref();
    port.unref();
    return { worker, port, flags, known: new Set() };
  }

  #end({ worker, port }: Thread): void {
    void worker.terminate();
    port.close();
    this.#thread = null;
  }
}
