/** The roll-ups of one series, in order of time, as columns. */
export interface SeriesWindows {
  readonly device: string;
  readonly sub: string | null;
  readonly metric: string;
  readonly codec: string | null;
  readonly unit: string | null;
  /** Microseconds: where each window begins. */
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  /** NaN, as the three below and the times, where all values of the window were bad. */
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly mean: readonly number[];
  /** Microseconds of the first and the last value of each window. */
  readonly firstTs: readonly number[];
  readonly lastTs: readonly number[];
}

export const windowColumns = [
  ...["device_id", "sub_device", "metric", "codec", "unit"],
  ...["epoch_us(ts)", "count", "min", "max", "mean", "epoch_us(first_ts)", "epoch_us(last_ts)"],
] as const;

/** Rows of {@link windowColumns}, ordered by series and time, as series: one is in memory at a time. */
export async function* seriesOf(rows: AsyncIterable<readonly unknown[]>): AsyncGenerator<SeriesWindows> {
  let open: Growing | null = null;
  for await (const [device, sub, metric, codec, unit, ...numbers] of rows) {
    if (open === null || open.device !== device || open.sub !== sub || open.metric !== metric) {
      if (open !== null) yield open;
      open = started(String(device), textOf(sub), String(metric));
    }
    open.codec = textOf(codec) ?? open.codec;
    open.unit = textOf(unit) ?? open.unit;
    const [start, count, min, max, mean, firstTs, lastTs] = numbers.map((value) =>
      value === null ? Number.NaN : Number(value),
    );
    open.starts.push(start!);
    open.counts.push(count!);
    open.min.push(min!);
    open.max.push(max!);
    open.mean.push(mean!);
    open.firstTs.push(firstTs!);
    open.lastTs.push(lastTs!);
  }
  if (open !== null) yield open;
}

type Growing = {
  -readonly [Key in keyof SeriesWindows]: SeriesWindows[Key] extends readonly number[]
    ? number[]
    : SeriesWindows[Key];
};

const started = (device: string, sub: string | null, metric: string): Growing => ({
  ...{ device, sub, metric, codec: null, unit: null },
  ...{ starts: [], counts: [], min: [], max: [], mean: [], firstTs: [], lastTs: [] },
});

const textOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);
