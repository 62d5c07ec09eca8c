import type { ForecastModel } from "./model.ts";

/** A model on the logarithms: for values above zero whose swings grow with their level. */
export function logarithmic(model: ForecastModel): ForecastModel {
  return {
    name: `${model.name}, logarithmic`,
    forecast(history, periods, horizon) {
      if (history.some((value) => !(value > 0))) return undefined;
      return model.forecast(history.map(Math.log), periods, horizon)?.map(Math.exp);
    },
  };
}
