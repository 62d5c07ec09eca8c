import type { Forecast } from "./forecast/forecast.ts";

/** When a forecast reaches a limit, in samples from now; absent: not within the forecast. */
export interface RemainingTime {
  /** By the forecast itself. */
  readonly likely?: number;
  /** At the earliest, by the edge of the interval that is nearer to the limit. */
  readonly earliest?: number;
}

/** How long until a forecast series passes a limit upwards (`above`) or downwards. */
export function remainingTime(forecast: Forecast, limit: number, above: boolean): RemainingTime {
  const reached = (values: Float64Array): number | undefined => {
    const step = values.findIndex((value) => (above ? value >= limit : value <= limit));
    return step === -1 ? undefined : step + 1;
  };
  const likely = reached(forecast.point);
  const earliest = reached(above ? forecast.upper : forecast.lower);
  return { ...(likely !== undefined && { likely }), ...(earliest !== undefined && { earliest }) };
}
