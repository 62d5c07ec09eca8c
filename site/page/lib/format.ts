/** Numbers, sizes and times as people read them. Pure: no document. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 4 });

export const formatCount = (count: number): string => whole.format(count);

/** 12,345 in full, 1.235 million and more short. */
export const formatShortCount = (count: number): string =>
  count < 1_000_000 ? whole.format(count) : short.format(count);

/** Singular and plural: `1 file`, `2 files`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${formatCount(count)} ${count === 1 ? noun : plural}`;

const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Powers of 1,000, three digits. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${byteUnits[unit] ?? "B"}`;
}

/** Significant digits without trailing zeros; very large and very small values with a power of ten. */
export function formatValue(value: number, digits = 6): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(Math.min(4, digits - 1)).replace(/\.?0+e/, "e");
  return value.toLocaleString("en", { maximumSignificantDigits: Math.max(digits, wholeDigits(size)) });
}

const wholeDigits = (size: number): number => Math.floor(Math.log10(size)) + 1;

const steps: readonly (readonly [limit: number, size: number, unit: string])[] = [
  [60, 1, "s"],
  [3600, 60, "min"],
  [86_400, 3600, "h"],
  [Number.POSITIVE_INFINITY, 86_400, "d"],
];

/** Length of time in its largest whole unit: `4 s`, `12 min`, `3 h`, `89 d`. Milliseconds. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  const [, size = 1, unit = "s"] = steps.find(([limit]) => Math.floor(seconds) < limit) ?? [];
  return `${formatCount(Math.floor(seconds / size))} ${unit}`;
}

/** `now`, `4 s ago`; a clock that runs ahead counts as now. */
export function formatAgo(time: number, now: number): string {
  return now - time < 1000 ? "now" : `${formatDuration(now - time)} ago`;
}

/** Width of a bucket or range, with a fraction where it is short: `4.5 s`, `120 ms`, `2 h 30 min`. */
export function formatSpan(milliseconds: number): string {
  if (milliseconds < 1) return `${formatValue(milliseconds * 1000)} µs`;
  if (milliseconds < 1000) return `${Number(milliseconds.toPrecision(3))} ms`;
  if (milliseconds < 60_000) return `${Number((milliseconds / 1000).toPrecision(3))} s`;
  if (milliseconds < 3_600_000) return pair(milliseconds, 60_000, "min", 1000, "s");
  if (milliseconds < 86_400_000) return pair(milliseconds, 3_600_000, "h", 60_000, "min");
  return pair(milliseconds, 86_400_000, "d", 3_600_000, "h");
}

function pair(value: number, size: number, unit: string, lesserSize: number, lesser: string): string {
  const rounded = Math.round(value / lesserSize) * lesserSize;
  const rest = Math.round((rounded % size) / lesserSize);
  return `${Math.floor(rounded / size)} ${unit}${rest > 0 ? ` ${rest} ${lesser}` : ""}`;
}

/** `2026-11-24 03:04:05 UTC`; with milliseconds where there are any. */
export function formatUtc(time: number): string {
  const iso = new Date(time).toISOString().replace("T", " ");
  return `${iso.endsWith(".000Z") ? iso.slice(0, 19) : iso.slice(0, 23)} UTC`;
}

const two = (value: number): string => String(value).padStart(2, "0");
const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `24 Nov`, with the year where it isn't this one; local. */
export function formatDay(time: number, now: number = Date.now()): string {
  const date = new Date(time);
  const year = date.getFullYear() === new Date(now).getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${date.getDate()} ${monthNames[date.getMonth()] ?? ""}${year}`;
}

/** `03:04:05`, local; `fraction` digits of a second. */
export function formatClock(time: number, fraction = 0): string {
  const date = new Date(time);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return fraction === 0
    ? clock
    : `${clock}.${String(date.getMilliseconds()).padStart(3, "0").slice(0, fraction)}`;
}

/** The clock alone today, the day before it otherwise; local. */
export function formatTime(time: number, now: number = Date.now()): string {
  const isToday = new Date(time).toDateString() === new Date(now).toDateString();
  return isToday ? formatClock(time) : `${formatDay(time, now)} ${formatClock(time)}`;
}
