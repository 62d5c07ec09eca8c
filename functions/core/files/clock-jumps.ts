/** Finds where a file's times are not those of one clock: it was set meanwhile, or two devices' logs are in one file. */

import { isoMicros } from "../instant.ts";
import type { Decoded, Micros } from "../model.ts";
import * as Flag from "../flags.ts";
import { clockUnsetBefore } from "../normalise/time.ts";

/** Rows may be out of order, and a logger may rest; what a clock does not do is to go back by more than that. */
const mostBack = 86_400_000_000;

export class ClockJumps {
  count = 0;
  /** Where and between which times the first is; null where there is none. */
  first: string | null = null;
  #last: Micros | null = null;

  /** The rows of the file's next record; `at` is its place in the file. */
  see(at: string, { readings, frames }: Pick<Decoded, "readings" | "frames">): void {
    for (const { ts, flags } of [...readings, ...frames]) {
      if ((flags & Flag.tsFromIngest) !== 0) continue;
      const last = this.#last;
      this.#last = ts;
      if (last === null || !isJump(last, ts)) continue;
      this.count++;
      this.first ??= `${at}: from ${isoMicros(last)} to ${isoMicros(ts)}`;
    }
  }
}

function isJump(from: Micros, to: Micros): boolean {
  if (to < from) return from - to > mostBack;
  return from < clockUnsetBefore && to >= clockUnsetBefore && to - from > mostBack;
}
