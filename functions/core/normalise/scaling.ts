/** Raw numbers to values: scale and offset. */

/** How a raw number becomes a value. */
export interface Scaling {
  /** Division by an integer is exact to the last decimal where multiplication by its reciprocal isn't (0.1, 0.005). */
  readonly divisor: number | null;
  readonly factor: number;
  readonly offset: number;
}

/** What a profile says of a field. Defaults 1 and 0. */
export interface Scaled {
  readonly scale?: number;
  readonly offset?: number;
}

/** The scaling of a field; null where the value is the raw number. */
export function scalingOf({ scale = 1, offset = 0 }: Scaled): Scaling | null {
  if (scale === 1 && offset === 0) return null;
  const reciprocal = Math.round(1 / scale);
  const divides = Math.abs(reciprocal) > 1 && Number.isSafeInteger(reciprocal) && 1 / reciprocal === scale;
  return { divisor: divides ? reciprocal : null, factor: scale, offset };
}

export function applyScaling(raw: number | bigint, scaling: Scaling): number {
  const number = Number(raw);
  const scaled = scaling.divisor === null ? number * scaling.factor : number / scaling.divisor;
  return scaling.offset === 0 ? scaled : scaled + scaling.offset;
}
