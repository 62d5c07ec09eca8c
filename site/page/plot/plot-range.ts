/** Arithmetic of the time range that a plot shows. Milliseconds since 1970; pure: no document. */

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Follows the newest value over a length (`null`: all there is), or stays where somebody looked. */
export type Range =
  { readonly kind: "last"; readonly length: number | null } | ({ readonly kind: "fixed" } & Span);

/** The names are those of the address: `range=1h`. */
export const presets = [
  { key: "5m", label: "5 min", name: "Last five minutes", length: 300_000 },
  { key: "1h", label: "1 h", name: "Last hour", length: 3_600_000 },
  { key: "24h", label: "24 h", name: "Last 24 hours", length: 86_400_000 },
  { key: "7d", label: "7 d", name: "Last seven days", length: 604_800_000 },
  { key: "all", label: "All", name: "All there is", length: null },
] as const;
export type PresetKey = (typeof presets)[number]["key"];

/** Below it a plot has nothing more to show: ten times the finest sampling that is declared anywhere. */
export const minimumLength = 20;

/** A single value gets a minute around it. */
const aroundOneValue = 60_000;

/** What a range means for data that reaches over `extent`. */
export function resolve(range: Range, extent: Span): Span {
  if (range.kind === "fixed") return { from: range.from, to: range.to };
  const from = range.length === null ? extent.from : Math.max(extent.from, extent.to - range.length);
  if (extent.to - from >= minimumLength) return { from, to: extent.to };
  return { from: from - aroundOneValue / 2, to: extent.to + aroundOneValue / 2 };
}

/** Longer by `factor`; what lies at `anchor` (0 left edge, 1 right edge) stays where it is. */
export function zoomed({ from, to }: Span, factor: number, anchor: number, limits: Span): Span {
  const fixed = from + (to - from) * anchor;
  const longest = Math.max(limits.to - limits.from, minimumLength);
  const length = Math.min(Math.max((to - from) * factor, minimumLength), longest);
  return within({ from: fixed - length * anchor, to: fixed + length * (1 - anchor) }, limits);
}

/** Moved by a fraction of its length; negative is into the past. */
export function moved({ from, to }: Span, fraction: number, limits: Span): Span {
  const distance = (to - from) * fraction;
  return within({ from: from + distance, to: to + distance }, limits);
}

/** The same length, pushed back between the limits; shorter only where they are closer together. */
export function within({ from, to }: Span, limits: Span): Span {
  const length = to - from;
  if (length >= limits.to - limits.from) return limits;
  if (from < limits.from) return { from: limits.from, to: limits.from + length };
  if (to > limits.to) return { from: limits.to - length, to: limits.to };
  return { from, to };
}
