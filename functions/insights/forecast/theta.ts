import { decompose, seasonAt } from "./decompose.ts";
import type { ForecastModel } from "./model.ts";

/**
 * The Theta method (Assimakopoulos and Nikolopoulos, 2000) in the form of Hyndman and Billah (2003): simple exponential
 * smoothing with half of the linear trend as drift, on the seasonally adjusted series.
 */
export const theta: ForecastModel = {
  name: "theta",
  forecast(history, periods, horizon) {
    if (history.length < 4) return undefined;
    const { seasons, adjusted } = decompose(history, periods);
    const { alpha, level } = smooth(adjusted);
    const n = adjusted.length;
    const drift = slope(adjusted) / 2;
    const settle = (1 - (1 - alpha) ** n) / alpha;
    return Float64Array.from(
      { length: horizon },
      (_, step) => level + drift * (step + settle) + seasonAt(seasons, n + step),
    );
  },
};

/** Simple exponential smoothing; the smoothing weight with the least squared error one step ahead. */
function smooth(values: Float64Array): { alpha: number; level: number } {
  let best = { alpha: 1, level: values.at(-1)!, loss: Infinity };
  for (let alpha = 0.02; alpha < 1; alpha += alpha < 0.2 ? 0.02 : 0.05) {
    let level = values[0]!;
    let loss = 0;
    for (let i = 1; i < values.length; i++) {
      const error = values[i]! - level;
      loss += error * error;
      level += alpha * error;
    }
    if (loss < best.loss) best = { alpha, level, loss };
  }
  return best;
}

function slope(values: Float64Array): number {
  const middle = (values.length - 1) / 2;
  let up = 0;
  let down = 0;
  for (let i = 0; i < values.length; i++) {
    up += (i - middle) * values[i]!;
    down += (i - middle) ** 2;
  }
  return up / down;
}
