/** Memory that is held, for bounds that hold on any machine: resident size depends on when V8 collects. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Twice: buffers of the first are swept by a thread of V8, and counted until the next one waits for it. */
function collect(): void {
  gc();
  gc();
}

function used(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Compares what this process holds with what it held at first; garbage is collected only when there is too much. */
export class LiveMemory {
  readonly #limit: number;
  readonly #start: number;
  readonly #timer: NodeJS.Timeout | undefined;
  #most = 0;

  /**
   * @param limit bytes that may be held beyond those of now.
   * @param everyMs looks by itself that often, in milliseconds, until `end`; absent: only when told.
   */
  constructor(limit: number, everyMs?: number) {
    this.#limit = limit;
    collect();
    this.#start = used();
    if (everyMs !== undefined) this.#timer = setInterval(() => this.look(), everyMs).unref();
  }

  look(): void {
    if (used() - this.#start > this.#limit) collect();
    this.#most = Math.max(this.#most, used() - this.#start);
  }

  /** Most bytes that were seen, beyond those at first. */
  end(): number {
    clearInterval(this.#timer);
    this.look();
    return this.#most;
  }
}
