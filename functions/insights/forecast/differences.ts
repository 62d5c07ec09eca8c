import type { ForecastModel } from "./model.ts";

/** A model on the changes from one value to the next: for a level that wanders. */
export function differences(model: ForecastModel): ForecastModel {
  return {
    name: `${model.name} of differences`,
    forecast(history, periods, horizon) {
      const changes = history.subarray(1).map((value, i) => value - history[i]!);
      const said = model.forecast(changes, periods, horizon);
      let level = history.at(-1)!;
      return said?.map((change) => (level += change));
    },
  };
}
