/** What a replay has done so far. */
import type { Superseded, SupersededRows } from "../store/replayed.ts";
import type { ReplayCounts, RescoredByModel } from "./replay-request.ts";
import type { DecodedPortion } from "./replay-thread.ts";

export class ReplayTally {
  #sums = {
    ...{ messages: 0, fromQuarantine: 0, kept: 0, unidentified: 0 },
    ...{ unreplayable: 0, damaged: 0, changes: 0 },
  };
  readonly #tables = new Map<string, SupersededRows>();
  readonly #scores = new Map<string, RescoredByModel>();

  get counts(): ReplayCounts {
    const tables = [...this.#tables.values()].toSorted((a, b) => (a.table < b.table ? -1 : 1));
    const scores = [...this.#scores.values()].toSorted((a, b) => (a.model < b.model ? -1 : 1));
    return { ...this.#sums, tables, scores };
  }

  decoded({ portion, bytes: _, ...counts }: DecodedPortion): void {
    this.add({ messages: portion?.messages ?? 0, ...counts });
  }

  superseded({ isChanged, tables, unidentified }: Superseded): void {
    this.add({ unidentified, changes: isChanged ? 1 : 0, tables });
  }

  /** What some messages came to. */
  add({ tables = [], scores = [], ...sums }: Partial<ReplayCounts>): void {
    for (const name of Object.keys(this.#sums) as (keyof typeof sums)[]) this.#sums[name] += sums[name] ?? 0;
    for (const { table, before, after, same } of tables) {
      const sum = this.#tables.get(table) ?? { before: 0, after: 0, same: 0 };
      this.#tables.set(table, {
        table,
        before: sum.before + before,
        after: sum.after + after,
        same: sum.same + same,
      });
    }
    for (const { model, version, before, after, same } of scores) {
      const sum = this.#scores.get(model) ?? { before: 0, after: 0, same: 0 };
      const all = { before: sum.before + before, after: sum.after + after, same: sum.same + same };
      this.#scores.set(model, { model, version, ...all });
    }
  }
}
