/** A way to forecast, fitted anew for each series. */
export interface ForecastModel {
  readonly name: string;
  /**
   * The next `horizon` values after `history`.
   *
   * @param history regular in time, oldest first, finite.
   * @param periods season lengths in samples, shortest first; none: not seasonal.
   * @returns `undefined` where the history is too short for it, or the model doesn't fit.
   */
  forecast(history: Float64Array, periods: readonly number[], horizon: number): Float64Array | undefined;
}
