import { decompose, seasonAt } from "./decompose.ts";
import type { ForecastModel } from "./model.ts";

const mostLags = 28;

/**
 * An autoregression on the seasonally adjusted series (Levinson-Durbin on its autocorrelations, the order by Akaike's
 * criterion): cycles without a fixed length, and how fast a disturbance fades.
 */
export const autoregression: ForecastModel = {
  name: "autoregression",
  forecast(history, periods, horizon) {
    if (history.length < 16) return undefined;
    const { seasons, adjusted } = decompose(history, periods);
    let mean = 0;
    for (const value of adjusted) mean += value / adjusted.length;
    const centred = adjusted.map((value) => value - mean);
    const weights = fit(centred);
    if (!weights) return undefined;
    const recent = Array.from(centred.subarray(-weights.length || centred.length));
    return Float64Array.from({ length: horizon }, (_, step) => {
      let next = 0;
      for (let lag = 0; lag < weights.length; lag++) next += weights[lag]! * recent.at(-1 - lag)!;
      recent.push(next);
      return next + mean + seasonAt(seasons, history.length + step);
    });
  },
};

function fit(centred: Float64Array): Float64Array | undefined {
  const most = Math.min(mostLags, centred.length >> 2);
  const covariance = Float64Array.from({ length: most + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < centred.length; i++) sum += centred[i]! * centred[i - lag]!;
    return sum / centred.length;
  });
  if (!(covariance[0]! > 0)) return undefined;
  let weights = new Float64Array(0);
  let left = covariance[0]!;
  let best = { weights, criterion: centred.length * Math.log(left) };
  for (let order = 1; order <= most; order++) {
    let reflection = covariance[order]!;
    for (let j = 0; j < order - 1; j++) reflection -= weights[j]! * covariance[order - 1 - j]!;
    reflection /= left;
    const next = new Float64Array(order);
    for (let j = 0; j < order - 1; j++) next[j] = weights[j]! - reflection * weights[order - 2 - j]!;
    next[order - 1] = reflection;
    weights = next;
    left *= 1 - reflection * reflection;
    if (!(left > 0)) break;
    const criterion = centred.length * Math.log(left) + 2 * order;
    if (criterion < best.criterion) best = { weights, criterion };
  }
  return best.weights;
}
