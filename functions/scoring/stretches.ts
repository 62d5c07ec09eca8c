/** Which part of a device's time has samples that no model has seen, and which of its windows that concerns. */
import type { Micros } from "../core/model.ts";
import type { Prediction } from "../models/classifier.ts";
import { mostApart, type WindowShape } from "../models/windows.ts";

/** Of one device, by event time; both ends included. */
export interface Stretch {
  readonly device: string;
  readonly isOffline: boolean;
  readonly from: Micros;
  to: Micros;
}

/** Older windows are history: no live device's clock is that far behind. */
const youngest: Micros = 86_400_000_000;
/** Longer than any window, and as long as a piece that is compared. */
export const longestWindow: Micros = 3_600_000_000;

/** Microseconds that a window lasts at the most, and a sample more on either side. */
export const windowLength = ({ size, period }: Pick<WindowShape, "size" | "period">): Micros =>
  Math.ceil((size + 2) * mostApart * period);

/** Windows that have samples of a stretch begin and end within it. */
export const around = <Of extends Pick<Stretch, "from" | "to">>(stretch: Of, length: Micros): Of => ({
  ...stretch,
  from: stretch.from - length,
  to: stretch.to + length,
});

/** Stretches of a device that are no further apart than a window are one. @param stretches of a device in their order */
export function joined(stretches: readonly Stretch[], apart: Micros): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const stretch of stretches) {
    const last = found.at(-1);
    const isSame = last?.device === stretch.device && last.isOffline === stretch.isOffline;
    if (isSame && stretch.from <= last.to + apart) last.to = Math.max(last.to, stretch.to);
    else found.push({ ...stretch });
  }
  return found;
}

/** Stretches as a comparison takes them, none longer than an hour; a moment apart they are one. */
export function piecesOf(stretches: readonly Stretch[], apart: Micros): Stretch[] {
  const pieces: Stretch[] = [];
  for (const { device, isOffline, from, to } of together(stretches, apart))
    for (let at = from; at <= to; at += longestWindow)
      pieces.push({ device, isOffline, from: at, to: Math.min(to, at + longestWindow - 1) });
  return pieces;
}

/** Whatever way they came, and in whatever order, what is no further apart is one. */
export function together(stretches: readonly Stretch[], apart: Micros): Stretch[] {
  const found: Stretch[] = [];
  const ordered = stretches.toSorted((one, other) =>
    one.device < other.device ? -1 : one.device > other.device ? 1 : one.from - other.from,
  );
  for (const stretch of ordered) {
    const last = found.at(-1);
    if (last?.device !== stretch.device || stretch.from > last.to + apart) found.push({ ...stretch });
    else
      found[found.length - 1] = {
        ...last,
        isOffline: last.isOffline && stretch.isOffline,
        to: Math.max(last.to, stretch.to),
      };
  }
  return found;
}

/** Whether a window has samples of a stretch. */
export const concerns = ({ from, to }: Stretch, window: Prediction): boolean =>
  window.to >= from && window.from <= to;

/** Whether a window's score is one of the past, whose time is true however long ago it is. */
export const isHistory = ({ isOffline }: Stretch, window: Prediction, now: Micros): boolean =>
  isOffline || window.to < now - youngest;
