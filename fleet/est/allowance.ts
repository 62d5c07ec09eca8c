/**
 * How much one caller may ask for in a while, of all instances of a function together. Each instance takes what it lets
 * through in portions from counters that all share, so that a caller costs few writes however much it asks.
 */
import { createHmac } from "node:crypto";

export interface SharedCounters {
  /**
   * Adds a portion to what a window has taken; `false`, and nothing added, where that were more than the most. A window
   * that ended counts from zero. Rejects with RegistryError.
   */
  add(counter: string, step: CounterStep): Promise<boolean>;
}

export interface CounterStep {
  /** Number of the window: they follow one another. */
  readonly window: number;
  readonly portion: number;
  /** Of a window. */
  readonly most: number;
}

export interface AllowanceOptions {
  /** Requests of a caller in a window, of all instances. */
  readonly most: number;
  readonly windowMs: number;
  /** Hides which callers share a counter: nobody can choose to take another one's share. */
  readonly key: Uint8Array;
  readonly now?: () => number;
}

/** Seconds after which the caller may ask again; 0: now. Rejects with RegistryError. */
export type Allowance = (caller: string) => Promise<number>;

/** Counters that there are at most: what they take of a store does not grow with who asks. */
export const mostCounters = 4_096;
/** Of an instance; each further one in a window is twice as large: busy instances write seldom, and idle ones keep little back. */
const firstPortion = 5;

interface Share {
  window: number;
  left: number;
  portion: number;
  isSpent: boolean;
  asking: Promise<void> | null;
}

export function sharedAllowance(
  counters: SharedCounters,
  { most, windowMs, key, now = Date.now }: AllowanceOptions,
): Allowance {
  const shares = new Map<string, Share>();
  const shareOf = (counter: string, window: number): Share => {
    const known = shares.get(counter);
    if (known?.window === window) return known;
    const fresh = { window, left: 0, portion: firstPortion, isSpent: false, asking: null };
    shares.set(counter, fresh);
    return fresh;
  };

  async function more(counter: string, share: Share): Promise<void> {
    // What is left over for everybody may be less than a portion.
    for (let portion = share.portion; portion >= 1; portion = Math.floor(portion / 2)) {
      if (!(await counters.add(counter, { window: share.window, portion, most }))) continue;
      share.left += portion;
      share.portion = portion * 2;
      return;
    }
    share.isSpent = true;
  }

  return async (caller) => {
    const counter = counterOf(key, caller);
    const share = shareOf(counter, Math.floor(now() / windowMs));
    while (share.left === 0 && !share.isSpent) {
      share.asking ??= more(counter, share).finally(() => (share.asking = null));
      await share.asking;
    }
    if (share.left === 0) return Math.max(1, Math.ceil(((share.window + 1) * windowMs - now()) / 1000));
    share.left -= 1;
    return 0;
  };
}

const counterOf = (key: Uint8Array, caller: string): string =>
  String(createHmac("sha256", key).update(`allowance\n${caller}`).digest().readUInt32BE() % mostCounters);
