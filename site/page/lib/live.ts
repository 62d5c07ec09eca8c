/**
 * Keeps what is on screen fresh: asks again at intervals while the page is visible, notices when the site is gone,
 * then asks for one thing only until it is back, and refreshes everything at once.
 */
import { DeniedError, isAbort, UnreachableError } from "./api.ts";

export type ConnectionState = "connecting" | "live" | "lost" | "denied";

export type Load = (signal: AbortSignal) => Promise<void>;

/** Milliseconds between attempts to reach a site that is gone. */
const retryMs = [1000, 1000, 2000, 3000, 5000] as const;

export class Live {
  state: ConnectionState = "connecting";
  /** Of the next attempt, milliseconds since 1970; null while connected. */
  retryAt: number | null = null;
  readonly #watches = new Set<Watch>();
  readonly #listeners: (() => void)[] = [];
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.refresh();
    });
    addEventListener("online", () => this.refresh());
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Loads now and then every `milliseconds`, until it is stopped. */
  watch(milliseconds: number, load: Load): Watch {
    const watch = new Watch(this, milliseconds, load);
    this.#watches.add(watch);
    watch.refresh();
    return watch;
  }

  refresh(): void {
    for (const watch of this.#watches) watch.refresh();
  }

  /** A load came back, whatever the answer was. */
  reached(): void {
    clearTimeout(this.#timer);
    const wasGone = this.state === "lost" || this.state === "denied";
    this.#attempts = 0;
    this.#become("live", null);
    if (wasGone) this.refresh();
  }

  /** @returns whether the error is about the connection, and so not about what was asked */
  failed(error: unknown): boolean {
    if (error instanceof DeniedError) this.#retry("denied", 5000);
    else if (error instanceof UnreachableError) {
      this.#retry("lost", retryMs[Math.min(this.#attempts, retryMs.length - 1)] ?? 5000);
    } else return false;
    return true;
  }

  forget(watch: Watch): void {
    this.#watches.delete(watch);
  }

  #retry(state: "lost" | "denied", milliseconds: number): void {
    if (this.retryAt !== null && Date.now() < this.retryAt) return;
    this.#attempts += 1;
    this.#become(state, Date.now() + milliseconds);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const [probe] = this.#watches;
      this.retryAt = null;
      probe?.refresh();
    }, milliseconds);
  }

  #become(state: ConnectionState, retryAt: number | null): void {
    const isChange = state !== this.state || retryAt !== this.retryAt;
    this.state = state;
    this.retryAt = retryAt;
    if (isChange) for (const listener of this.#listeners) listener();
  }
}

/** One thing that is kept fresh. */
export class Watch {
  readonly #live: Live;
  readonly #milliseconds: number;
  readonly #load: Load;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #underWay: AbortController | null = null;
  #isStopped = false;

  constructor(live: Live, milliseconds: number, load: Load) {
    this.#live = live;
    this.#milliseconds = milliseconds;
    this.#load = load;
  }

  /** Now, in place of what is under way. */
  refresh(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#underWay?.abort();
    void this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#underWay?.abort();
    this.#live.forget(this);
  }

  async #run(): Promise<void> {
    const controller = new AbortController();
    this.#underWay = controller;
    try {
      await this.#load(controller.signal);
      if (!controller.signal.aborted) this.#live.reached();
    } catch (error) {
      if (controller.signal.aborted || isAbort(error)) return;
      if (!this.#live.failed(error)) throw error;
    } finally {
      if (this.#underWay === controller) {
        this.#underWay = null;
        if (!this.#isStopped) this.#timer = setTimeout(() => this.#tick(), this.#milliseconds);
      }
    }
  }

  #tick(): void {
    const isIdle =
      document.visibilityState === "hidden" || this.#live.state === "lost" || this.#live.state === "denied";
    if (isIdle) this.#timer = setTimeout(() => this.#tick(), this.#milliseconds);
    else this.refresh();
  }
}
