/** One codec in a QuickJS runtime of its own, warm from run to run. */

import {
  Scope,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import { codecMilliseconds, maximumResult, type CodecOutcome } from "../core/formats/codec-sandbox.ts";
import { bufferSource } from "./buffer.ts";
import { realmSource } from "./realm.ts";
import { loaderOf, outcomeMark, runnerSource } from "./runner.ts";

export const memoryBytes = 32 * 1_024 * 1_024;
export const stackBytes = 512 * 1_024;

/** What of an error means that the runtime is not fit for further calls. */
const exhausted = /InternalError: (out of memory|interrupted)/;

/** Microseconds of processor time that this thread has had: a busy machine makes nobody's codec too slow. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

export class CodecContext {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #run: QuickJSHandle;
  readonly #onOutcome: (outcome: CodecOutcome) => void;
  /** Null until QuickJS asks for the first time whether a call may go on: most calls end before that. */
  #deadline: number | null = null;
  #isLate = false;
  #isSpent = false;

  /**
   * Throws an Error that says what is wrong with the code.
   * @param onOutcome called for each uplink of a run, in order
   */
  constructor(module: QuickJSWASMModule, code: string, onOutcome: (outcome: CodecOutcome) => void) {
    this.#onOutcome = onOutcome;
    this.#runtime = module.newRuntime();
    this.#runtime.setMemoryLimit(memoryBytes);
    this.#runtime.setMaxStackSize(stackBytes);
    this.#runtime.setInterruptHandler(() => this.#mustEnd());
    this.#context = this.#runtime.newContext();
    try {
      this.#run = this.#loaded(code);
    } catch (thrown) {
      this.#context.dispose();
      this.#runtime.dispose();
      throw thrown;
    }
  }

  /** Whether the next run needs a new context: this one ran out of something, or the codec left something in it. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /**
   * Runs calls, in order, until this context is spent.
   * @param isCareful whether each call has the whole time and memory for itself, and is told for itself
   * @returns why calls behind the last outcome have none: if careful, why the first of them, which was made
   */
  run(inputs: readonly string[], isCareful: boolean): "timeout" | "memory" | null {
    const context = this.#context;
    this.#allow();
    using text = context.newString(`[${inputs.join()}]`);
    const careful = isCareful ? context.true : context.false;
    using result = context.callFunction(this.#run, context.undefined, text, careful);
    if (result.error === undefined) return null;
    // What the codec throws is an outcome; here comes out only what nobody can catch, and what hits the runner itself.
    this.#isSpent = true;
    return this.#isLate ? "timeout" : "memory";
  }

  close(): void {
    this.#run.dispose();
    this.#context.dispose();
    this.#runtime.dispose();
  }

  #allow(): void {
    this.#deadline = null;
    this.#isLate = false;
  }

  #mustEnd(): boolean {
    const now = processorTime();
    this.#deadline ??= now + codecMilliseconds * 1_000;
    this.#isLate = now > this.#deadline;
    return this.#isLate;
  }

  #loaded(code: string): QuickJSHandle {
    const context = this.#context;
    // Every handle has to be gone before the runtime can go, also where loading fails.
    using scope = new Scope();
    const evaluated = (source: string, name: string): QuickJSHandle => {
      this.#allow();
      return scope.manage(context.unwrapResult(context.evalCode(source, name)));
    };
    const called = (maker: QuickJSHandle, ...given: QuickJSHandle[]): QuickJSHandle =>
      context.unwrapResult(context.callFunction(maker, context.undefined, ...given));
    const world = scope.manage(
      called(evaluated(realmSource, "realm.js"), evaluated(bufferSource, "buffer.js")),
    );
    const load = evaluated(loaderOf(code), "codec.js");
    const report = scope.manage(
      context.newFunction("report", (text) => {
        context.getString(text).split(outcomeMark).forEach(this.#tell);
        this.#allow();
        return this.#isSpent ? context.false : context.true;
      }),
    );
    return called(evaluated(runnerSource, "runner.js"), load, world, report);
  }

  readonly #tell = (given: string): void => {
    const text = given.startsWith("~") ? given.slice(1) : given;
    if (text !== given || (text.startsWith("!") && exhausted.test(text))) this.#isSpent = true;
    this.#onOutcome(outcomeOf(text));
  };
}

function outcomeOf(text: string): CodecOutcome {
  if (text.startsWith("!")) return { kind: "threw", text: text.slice(1) };
  if (text.length <= maximumResult) return { kind: "result", text: text.slice(1) };
  return {
    kind: "too-large",
    text: `the result has ${text.length - 1} characters, allowed: ${maximumResult}`,
  };
}
