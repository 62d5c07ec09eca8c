/**
 * How far one value is from where the series so far has it, at its simplest: the least standard deviation of the values
 * around a line, of their changes, and of their changes over a season.
 *
 * @param values at least four.
 */
export function spreadOf(values: Float64Array, periods: readonly number[]): number {
  const changes = [1, ...periods].map((lag) => {
    const over = values.subarray(lag).map((value, i) => value - values[i]!);
    return over.length > 1 ? deviation(over, 1) : Infinity;
  });
  return Math.min(aroundLine(values), ...changes);
}

/** The largest change between neighbours, 0 where there are none. */
export function largestChange(values: Float64Array): number {
  return values.subarray(1).reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
}

function aroundLine(values: Float64Array): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [across, up] = [0, 0];
  values.forEach((value, i) => {
    across += (i - middle) ** 2;
    up += (i - middle) * (value - mean);
  });
  const off = values.map((value, i) => value - (up / across) * (i - middle));
  return deviation(off, 2);
}

function deviation(values: Float64Array, fitted: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - fitted));
}
