/** What a rule knows of a series in a cloud, between the files that land in whatever order and however often they are told of. */
import { createHash } from "node:crypto";
import type { Micros } from "../core/model.ts";
import type { AlarmReading } from "./alarm-reading.ts";
import type { CloudBook } from "./cloud-book.ts";
import type { KeptDocuments } from "../core/kept-documents.ts";
import type { Finding } from "./finding.ts";

/** Plain data. */
export interface Watched {
  /** Event time of the last value that was judged. */
  readonly last: Micros;
  /** Id of the alarm that lasts; null where there is none. */
  readonly alarm: string | null;
}

/** A series, and what it means and nobody has been told yet. */
interface KeptSeries<Series> {
  readonly series: Series;
  readonly found: readonly Finding[];
}

/** A series that says nothing for that long begins anew, unless an alarm of it lasts. */
export const keptDays = 30;
const attempts = 8;

export interface SeriesStore {
  readonly documents: KeptDocuments;
  readonly book: CloudBook;
}

export interface SeriesPlace {
  readonly partition: string;
  readonly id: string;
}

export function placeOf(
  { name, version }: { readonly name: string; readonly version: number },
  { device, sub, metric }: AlarmReading,
): SeriesPlace {
  const id = createHash("sha256")
    .update(JSON.stringify([name, version, sub, metric]))
    .digest("hex");
  return { partition: `series ${device}`, id: id.slice(0, 32) };
}

/**
 * Moves a series on and tells what that means. What is found is kept with the series before anybody is told: who is cut off
 * in between is taken up by the next. Resolves with the series as it is kept.
 *
 * @param begun a series that nothing is kept of
 * @param step the series after what is new, and what that means; the former one itself where nothing is new. It is
 *   asked again where somebody else was faster.
 */
export async function moveOn<Series extends Watched>(
  { documents, book }: SeriesStore,
  { partition, id }: SeriesPlace,
  begun: Series,
  step: (former: Series) => Promise<readonly [Series, readonly Finding[]]>,
): Promise<Series> {
  const keep = (kept: KeptSeries<Series>, revision: string | null): Promise<boolean> =>
    documents.write(partition, id, kept, revision, kept.series.alarm === null ? keptDays : undefined);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const kept = await documents.read(partition, id);
    const former = (kept?.body as KeptSeries<Series> | undefined) ?? { series: begun, found: [] };
    const [series, news] = await step(former.series);
    const found = [...former.found, ...news];
    const isKept = series === former.series || (await keep({ series, found }, kept?.revision ?? null));
    if (!isKept) continue;
    if (found.length === 0) return series;
    for (const one of found)
      await (one.kind === "raised" ? book.raise(one.raised) : book.clear(one.alarm, one.at));
    const written = await documents.read(partition, id);
    // Another one that came behind has found it there, and does the same with it.
    if (written !== null && (written.body as KeptSeries<Series>).series.last === series.last)
      await keep({ series, found: [] }, written.revision);
    return series;
  }
  throw new Error(`the series ${id} of "${partition}" is changed by too many at the same time: try again`);
}
