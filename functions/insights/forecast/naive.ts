import type { ForecastModel } from "./model.ts";

/** The last season again, or the last value where there is none: what every other model must beat. */
export const seasonalNaive: ForecastModel = {
  name: "seasonal-naive",
  forecast(history, periods, horizon) {
    const period = periods.at(-1) ?? 1;
    if (history.length < period) return undefined;
    const start = history.length - period;
    return Float64Array.from({ length: horizon }, (_, step) => history[start + (step % period)]!);
  },
};
