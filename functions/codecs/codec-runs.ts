/** The codecs of one thread, and runs of calls that go on behind the one that had to be stopped. */

import type { QuickJSWASMModule } from "quickjs-emscripten-core";
import { maximumTimeouts, type CodecCall, type CodecOutcome } from "../core/formats/codec-sandbox.ts";
import { CodecContext } from "./codec-context.ts";
import { held, stopped } from "./outcomes.ts";

/** Codecs that are kept warm, each with up to 32 MB. */
const maximumWarm = 32;

export class CodecRuns {
  readonly #module: QuickJSWASMModule;
  readonly #progress: () => void;
  readonly #codes = new Map<number, string>();
  /** Codecs that can't be trusted with the time and memory of many calls at once. */
  readonly #careful = new Set<number>();
  /** What was wrong with the codes that do not load. */
  readonly #broken = new Map<number, string>();
  /** The one that was used longest ago is the first. */
  readonly #warm = new Map<number, CodecContext>();
  #outcomes: CodecOutcome[] = [];

  /** @param progress called after each call */
  constructor(module: QuickJSWASMModule, progress: () => void) {
    this.#module = module;
    this.#progress = progress;
  }

  /** Outcomes of the run at hand, as far as it has come. */
  get done(): readonly CodecOutcome[] {
    return this.#outcomes;
  }

  /** Make a codec known by a number. */
  learn(id: number, code: string): void {
    this.#codes.set(id, code);
  }

  /** What is wrong with a codec; null where it loads. */
  check(id: number): string | null {
    const made = this.#contextOf(id);
    return typeof made === "string" ? made : null;
  }

  /**
   * One outcome a call. An error of the sandbox itself goes to the caller: this thread is then of no use any more.
   * @param isCareful whether each call is made for itself, as it is in any case for a codec that once ran out of something
   */
  run(id: number, calls: readonly CodecCall[], isCareful: boolean): readonly CodecOutcome[] {
    if (isCareful) this.#careful.add(id);
    const outcomes: CodecOutcome[] = (this.#outcomes = []);
    const timeouts = new Map<string, number>();
    const isHeld = ({ source }: CodecCall): boolean => (timeouts.get(source) ?? 0) >= maximumTimeouts;
    while (outcomes.length < calls.length) {
      const first = outcomes.length;
      if (isHeld(calls[first]!)) {
        this.#add(held);
        continue;
      }
      const context = this.#contextOf(id);
      if (typeof context === "string") return calls.map(() => ({ kind: "threw", text: context }));
      const next = calls.findIndex((call, at) => at > first && isHeld(call));
      const part = calls.slice(first, next < 0 ? calls.length : next);
      const wasCareful = this.#careful.has(id);
      const stop = context.run(
        part.map(({ input }) => input),
        wasCareful,
      );
      // Nobody knows which of many calls it was: those that are not told are made again, one by one.
      if (stop !== null) this.#careful.add(id);
      if (stop !== null && wasCareful) {
        const { source } = calls[outcomes.length]!;
        if (stop === "timeout") timeouts.set(source, (timeouts.get(source) ?? 0) + 1);
        this.#add(stopped[stop]);
      }
      if (context.isSpent) this.#drop(id);
    }
    return outcomes;
  }

  readonly #add = (outcome: CodecOutcome): void => {
    this.#outcomes.push(outcome);
    this.#progress();
  };

  #contextOf(id: number): CodecContext | string {
    const broken = this.#broken.get(id);
    if (broken !== undefined) return broken;
    let context = this.#warm.get(id);
    if (context !== undefined) this.#warm.delete(id);
    else {
      try {
        context = new CodecContext(this.#module, this.#codes.get(id) ?? "", this.#add);
      } catch (thrown) {
        const mistake = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
        // QuickJS itself has failed (WebAssembly's RuntimeError), or this thread's stack has ended before QuickJS's.
        if (/^RuntimeError|^RangeError: Maximum call stack/.test(mistake)) throw thrown;
        this.#broken.set(id, mistake);
        return mistake;
      }
    }
    this.#warm.set(id, context);
    const [oldest] = this.#warm.keys();
    if (this.#warm.size > maximumWarm) this.#drop(oldest!);
    return context;
  }

  #drop(id: number): void {
    this.#warm.get(id)?.close();
    this.#warm.delete(id);
  }
}
