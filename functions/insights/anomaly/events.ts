import { Detector, type AnomalyKind, type DetectorOptions } from "./detector.ts";

/** Values far off, near one another: one thing that happened. */
export interface AnomalyEvent {
  readonly kind: AnomalyKind;
  /** Indices of the first and the last value that stood out. */
  readonly first: number;
  readonly last: number;
  /** Index of the value that stood out most, with what came and what was expected. */
  readonly peak: number;
  readonly value: number;
  readonly expected: number;
  /** At least 1; see {@link Detector}. */
  readonly score: number;
}

/** What stands out in a whole series, in order. Values that stand out within `join` samples of each other are one event. */
export function findAnomalies(
  values: Float64Array,
  options: DetectorOptions & { readonly join?: number } = {},
): readonly AnomalyEvent[] {
  const join = options.join ?? 12;
  const detector = new Detector(options);
  const events: AnomalyEvent[] = [];
  values.forEach((value, index) => {
    const { kind, score, expected } = detector.push(value);
    if (!kind) return;
    const open = events.at(-1);
    const here = { kind, first: index, last: index, peak: index, value, expected, score };
    if (!open || index - open.last > join) events.push(here);
    else if (score > open.score && (kind === open.kind || open.kind !== "stuck"))
      events[events.length - 1] = { ...here, first: open.first };
    else events[events.length - 1] = { ...open, last: index };
  });
  return events;
}
