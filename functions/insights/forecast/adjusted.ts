import { decompose, seasonAt } from "./decompose.ts";
import type { ForecastModel } from "./model.ts";

/** A model without seasons on what is left of a series without its seasons, which go on as they were. */
export function adjusted(model: ForecastModel): ForecastModel {
  return {
    name: `${model.name}, adjusted`,
    forecast(history, periods, horizon) {
      const { seasons, adjusted: left } = decompose(history, periods);
      if (seasons.length === 0) return undefined;
      const said = model.forecast(left, [], horizon);
      return said?.map((value, step) => value + seasonAt(seasons, history.length + step));
    },
  };
}
