/** Limit rules over the files that land, in whatever order and however often they are told of. */
import { createHash } from "node:crypto";
import type { LimitRule } from "../core/alarm-rule.ts";
import { globTest } from "../core/dispatch.ts";
import { youngest, type AlarmReading } from "./alarm-reading.ts";
import type { CloudBook } from "./cloud-book.ts";
import type { AlarmDocuments } from "./documents.ts";
import { judgeLimit, unwatched, type LimitFinding, type WatchedLimit } from "./limit-judgement.ts";

/** A series, and what it means and nobody has been told yet. */
interface KeptSeries {
  readonly series: WatchedLimit;
  readonly found: readonly LimitFinding[];
}

/** A series that says nothing for that long begins anew. */
const keptDays = 30;
const attempts = 8;

export interface CloudLimitsOptions {
  readonly rules: readonly LimitRule[];
  readonly documents: AlarmDocuments;
  readonly book: CloudBook;
  /** Milliseconds since 1970. */
  now(): number;
}

/** What one rule has to say to one series. */
interface Judged {
  readonly rule: LimitRule;
  /** By their event times. */
  readonly readings: readonly AlarmReading[];
}

export function cloudLimits({ rules, documents, book, now }: CloudLimitsOptions) {
  const rulesOf = Map.groupBy(
    rules.map((rule) => ({ rule, concerns: globTest(rule.devices) })),
    ({ rule }) => rule.metric,
  );

  /** What is found is kept with the series before anybody is told: who is cut off in between is taken up by the next. */
  const judgeSeries = async ({ rule, readings }: Judged): Promise<void> => {
    const [{ device, sub, metric }] = readings as readonly [AlarmReading];
    const partition = `series ${device}`;
    const id = seriesId(rule, sub, metric);
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const kept = await documents.read(partition, id);
      const former = (kept?.body as KeptSeries | undefined) ?? { series: unwatched, found: [] };
      let { series } = former;
      const found = [...former.found];
      for (const reading of readings) {
        const [next, finding] = judgeLimit(rule, series, reading);
        series = next;
        if (finding !== null) found.push(finding);
      }
      if (series === former.series && found.length === 0) return;
      const isWritten =
        series === former.series ||
        (await documents.write(
          partition,
          id,
          { series, found } satisfies KeptSeries,
          kept?.revision ?? null,
          keptDays,
        ));
      if (!isWritten) continue;
      if (found.length === 0) return;
      for (const one of found)
        await (one.kind === "raised" ? book.raise(one.raised) : book.clear(one.alarm, one.at));
      const written = await documents.read(partition, id);
      // Another one that came behind has found it there, and does the same with it.
      if (written !== null && (written.body as KeptSeries).series.last === series.last)
        await documents.write(
          partition,
          id,
          { series, found: [] } satisfies KeptSeries,
          written.revision,
          keptDays,
        );
      return;
    }
    throw new Error(`the series ${metric} of ${device} is changed by too many at the same time: try again`);
  };

  return {
    /** Whether any rule looks at a metric. */
    watches: (metric: string): boolean => rulesOf.has(metric),
    /** One piece of work for each series and rule; they may run at the same time. */
    tasks(readings: readonly AlarmReading[]): readonly (() => Promise<void>)[] {
      const oldest = now() * 1_000 - youngest;
      const series = Map.groupBy(
        readings.filter(({ time }) => time >= oldest),
        ({ device, sub, metric }) => JSON.stringify([device, sub, metric]),
      );
      return [...series.values()].flatMap((its) => {
        const sorted = its.toSorted((one, other) => one.time - other.time);
        const [{ metric, device }] = its as [AlarmReading];
        return (rulesOf.get(metric) ?? [])
          .filter(({ concerns }) => concerns(device))
          .map(
            ({ rule }) =>
              () =>
                judgeSeries({ rule, readings: sorted }),
          );
      });
    },
  };
}
export type CloudLimits = ReturnType<typeof cloudLimits>;

function seriesId({ name, version }: LimitRule, sub: string | null, metric: string): string {
  return createHash("sha256")
    .update(JSON.stringify([name, version, sub, metric]))
    .digest("hex")
    .slice(0, 32);
}
