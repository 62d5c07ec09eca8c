/**
 * A detector between the files that land. What it knows is some 100 kB, most of it the values that it learns from: the
 * series keeps only those that came since it was last written as a whole.
 */
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { AnomalyRule } from "../core/alarm-rule.ts";
import type { Micros } from "../core/model.ts";
import { Detector } from "../insights/anomaly/detector.ts";
import { bytesOf, decodeDetector, encodeDetector, numbersIn } from "../insights/anomaly/detector-state.ts";
import { notYetWatched, type WatchedAnomaly } from "./anomaly-judgement.ts";
import type { KeptDocuments } from "../core/kept-documents.ts";
import { keptDays, type SeriesPlace } from "./kept-series.ts";

/** A series of an anomaly rule, as it is kept. */
export interface KeptAnomaly extends WatchedAnomaly {
  /** Event time of its first value: what was kept of another series is none of it. -1 before. */
  readonly since: Micros;
  /** Values that its detector has seen. */
  readonly count: number;
  /** Event time of the last one that is in the detector as it was last written. */
  readonly wholeAt: Micros;
  /** Those behind it. */
  readonly values: number;
  /** The same, packed. */
  readonly packed: string;
}

/** A detector as a whole, beside its series. */
interface WholeDetector {
  readonly since: Micros;
  readonly count: number;
  readonly last: Micros;
  readonly detector: string;
}

export const begun: KeptAnomaly = {
  ...notYetWatched,
  since: -1,
  count: 0,
  wholeAt: -1,
  values: 0,
  packed: "",
};

/** Values behind which it is written as a whole: from this many on, and not by all series at once. */
const wholeAfter = 250;
const wholeSpread = 250;
/** One that is seldom heard is written as a whole that often, so that it lasts as long as its series. */
const wholeDays = 10;
const microsPerDay = 86_400_000_000;

/** A detector, and the values that it has seen since it was last written as a whole. */
export interface LivingDetector {
  readonly detector: Detector;
  readonly wholeAt: Micros;
  readonly values: readonly number[];
  /** What it knew is not there any more, or of another version. */
  readonly isLost: boolean;
}

/** As it was after the last value of the series. One whose whole is lost learns anew from what there is. */
export async function revive(
  documents: KeptDocuments,
  place: SeriesPlace,
  { risk }: AnomalyRule,
  series: KeptAnomaly,
): Promise<LivingDetector> {
  const { since, count, wholeAt, values, packed } = series;
  if (count === 0) return { detector: new Detector({ risk }), wholeAt, values: [], isLost: false };
  const behind = values === 0 ? [] : [...unpack(packed)];
  // The first values of a series are all that there is.
  const isAll = values === count && !isWholeDue(place, series);
  const kept = isAll ? null : await documents.read(place.partition, wholeId(place));
  const whole = kept?.body as WholeDetector | undefined;
  const isOurs = whole !== undefined && whole.since === since && whole.count <= count;
  const missing = isOurs ? count - whole.count : count;
  const state = isOurs && missing <= behind.length ? decodeDetector(toBytes(whole.detector)) : null;
  const detector = new Detector({ risk }, state ?? undefined);
  const fresh = state === null ? behind : behind.slice(behind.length - missing);
  for (const value of fresh) detector.push(value);
  return {
    ...{ detector, values: fresh, isLost: state === null && values < count },
    wholeAt: state === null ? wholeAt : (whole?.last ?? wholeAt),
  };
}

/** The series as it is to be kept after more values. */
export function keptWith(
  former: KeptAnomaly,
  { wholeAt, values }: LivingDetector,
  watched: WatchedAnomaly,
  more: readonly number[],
  first: Micros,
): KeptAnomaly {
  const behind = Float64Array.from([...values, ...more]);
  const isNew = former.count === 0;
  return {
    ...watched,
    since: isNew ? first : former.since,
    count: former.count + more.length,
    wholeAt: isNew ? first : wholeAt,
    values: behind.length,
    packed: pack(behind),
  };
}

export const isWholeDue = ({ id }: SeriesPlace, { values, last, wholeAt }: KeptAnomaly): boolean =>
  values >= wholeAfter + (Number.parseInt(id.slice(0, 4), 16) % wholeSpread) ||
  last - wholeAt >= wholeDays * microsPerDay;

/** Writes it as a whole. The series lies there already: it says less than before only when it is written next. */
export async function keepWhole(
  documents: KeptDocuments,
  place: SeriesPlace,
  { since, count, last }: KeptAnomaly,
  detector: Detector,
): Promise<void> {
  const id = wholeId(place);
  const kept = await documents.read(place.partition, id);
  const former = kept?.body as WholeDetector | undefined;
  if (former?.since === since && former.count >= count) return;
  const whole: WholeDetector = { since, count, last, detector: toText(encodeDetector(detector.state)) };
  // Where somebody else was faster, it is as new.
  await documents.write(place.partition, id, whole, kept?.revision ?? null, keptDays + wholeDays + 1);
}

const wholeId = ({ id }: SeriesPlace): string => `${id}-detector`;
const toText = (bytes: Uint8Array): string => zstdCompressSync(bytes).toString("base64");
const toBytes = (text: string): Uint8Array => zstdDecompressSync(Buffer.from(text, "base64"));
const pack = (values: Float64Array): string => toText(bytesOf(values));
const unpack = (text: string): Float64Array => numbersIn(toBytes(text)) ?? new Float64Array();
