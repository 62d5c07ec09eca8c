import { decompose } from "./decompose.ts";
import type { ForecastModel } from "./model.ts";

interface Weights {
  readonly level: number;
  readonly trend: number;
  readonly season: number;
  readonly damping: number;
}

/** Additive Holt-Winters, its trend damped (Gardner and McKenzie, 1985) or not; its weights by least squared error. */
export const holtWinters: ForecastModel = {
  name: "holt-winters",
  forecast(history, periods, horizon) {
    const period = periods[0] ?? 1;
    if (history.length < Math.max(2 * period + 2, 6)) return undefined;
    const start = initial(history, period);
    let best: { weights: Weights; loss: number } | undefined;
    const consider = (weights: Weights): void => {
      const { loss } = run(history, start, weights);
      if (!best || loss < best.loss) best = { weights, loss };
    };
    for (const level of [0.02, 0.1, 0.3, 0.6, 0.9])
      for (const trend of [0, 0.02, 0.1, 0.3])
        for (const season of period > 1 ? [0.02, 0.1, 0.3] : [0])
          for (const damping of [0.9, 0.98, 1]) consider({ level, trend, season, damping });
    for (let size = 0.5; size > 0.05; size /= 2) {
      const at = best!.weights;
      for (const sign of [1 - size, 1 + size]) {
        consider({ ...at, level: Math.min(at.level * sign, 0.99) });
        consider({ ...best!.weights, trend: Math.min(best!.weights.trend * sign, 0.5) });
        consider({ ...best!.weights, season: Math.min(best!.weights.season * sign, 0.9) });
      }
    }
    const { weights } = best!;
    const end = run(history, start, weights);
    let damped = 0;
    let factor = 1;
    return Float64Array.from({ length: horizon }, (_, step) => {
      factor *= weights.damping;
      damped += factor;
      return end.level + damped * end.trend + end.season[(history.length + step) % period]!;
    });
  },
};

interface State {
  readonly level: number;
  readonly trend: number;
  readonly season: Float64Array;
}

function initial(values: Float64Array, period: number): State {
  const { seasons } = decompose(values.subarray(0, Math.min(values.length, 6 * period)), [period]);
  const season = seasons[0]?.pattern ?? new Float64Array(period);
  let level = 0;
  const span = Math.max(period, 3);
  for (let i = 0; i < span; i++) level += (values[i]! - season[i % period]!) / span;
  return { level, trend: 0, season };
}

function run(values: Float64Array, start: State, weights: Weights): State & { loss: number } {
  const season = Float64Array.from(start.season);
  const period = season.length;
  let { level, trend } = start;
  let loss = 0;
  const warm = Math.min(period, values.length >> 2);
  for (let i = 0; i < values.length; i++) {
    const place = i % period;
    const expected = level + weights.damping * trend;
    const error = values[i]! - expected - season[place]!;
    if (i >= warm) loss += error * error;
    const before = level;
    level = expected + weights.level * error;
    trend = weights.damping * trend + weights.trend * (level - before - weights.damping * trend);
    season[place]! += weights.season * (1 - weights.level) * error;
  }
  return { level, trend, season, loss };
}
