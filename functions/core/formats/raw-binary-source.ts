/** Source text of expressions that read one field: numbers of a checked plan only, never a profile's texts. */

import { scalingOf, type Scaling } from "../normalise/scaling.ts";
import type { PlannedField } from "./raw-binary-plan.ts";
import { noneOf } from "./raw-binary-values.ts";

/** A number as source text; in brackets, so that a negative one can follow any operator. */
export function literal(value: number | bigint): string {
  if (typeof value === "bigint") return `(${value}n)`;
  if (!Number.isFinite(value)) throw new Error("layout: a number is not finite");
  return Object.is(value, -0) ? "(-0)" : `(${value})`;
}

/** The byte at a place behind an offset, which is a number or an expression. */
function byte(offset: number | string, place: number): string {
  return typeof offset === "number"
    ? `b[${offset + place}]`
    : place === 0
      ? `b[${offset}]`
      : `b[${offset} + ${place}]`;
}

/** Up to four bytes, the most significant first, as an unsigned or signed integer. */
function shortInteger(offset: number | string, places: readonly number[], signed: boolean): string {
  const size = places.length;
  const parts = places.map((place, index) => {
    const shift = 8 * (size - 1 - index);
    return shift === 0 ? byte(offset, place) : `${byte(offset, place)} << ${shift}`;
  });
  const spare = 32 - 8 * size;
  const whole = `(${parts.join(" | ")})`;
  if (signed) return spare === 0 ? whole : `(${whole} << ${spare} >> ${spare})`;
  return size === 4 ? `(${whole} >>> 0)` : whole;
}

/** The raw number of a numeric field at an offset. */
export function rawExpression(planned: PlannedField, offset: number | string): string {
  const { field, size, bytes, little } = planned;
  const signed = field.type.startsWith("i");
  const high = bytes.slice(0, -4);
  const low = bytes.slice(-4);
  if (field.type === "f32") {
    if (little !== null) return `v.getFloat32(${offset}, ${little})`;
    return `float(${shortInteger(offset, bytes, false)})`;
  }
  if (field.type === "f64") {
    if (little !== null) return `v.getFloat64(${offset}, ${little})`;
    return `double(${shortInteger(offset, high, false)}, ${shortInteger(offset, low, false)})`;
  }
  if (field.bits) {
    const [shift, width] = field.bits;
    const whole = shortInteger(offset, bytes, false);
    const left = 32 - shift - width;
    const spare = 32 - width;
    return signed ? `(${whole} << ${left} >> ${spare})` : `(${whole} << ${left} >>> ${spare})`;
  }
  if (size <= 4) return shortInteger(offset, bytes, signed);
  const parts = [shortInteger(offset, high, signed), shortInteger(offset, low, false)];
  return size === 8 ? `wide(${parts.join(", ")})` : `(${parts[0]} * 4294967296 + ${parts[1]})`;
}

function scaledExpression(number: string, scaling: Scaling): string {
  const scaled =
    scaling.divisor === null
      ? `${number} * ${literal(scaling.factor)}`
      : `${number} / ${literal(scaling.divisor)}`;
  return scaling.offset === 0 ? scaled : `${scaled} + ${literal(scaling.offset)}`;
}

/** How the value of a field is written out. */
export interface ValueForm {
  /** The plan of the field as an expression, for what can't be a constant. */
  readonly planned: string;
  readonly offset: number | string;
  /** What is to be done where the sensor is at its limit. */
  readonly saturated: string;
  /** The variable that keeps the raw number for others, if any need it. */
  readonly raw: string | null;
  /** The variable that holds the scaling chosen by another field. */
  readonly scaling: string | null;
}

/** The value of a field at an offset, as one expression. */
export function valueExpression(planned: PlannedField, form: ValueForm): string {
  const { field, size } = planned;
  const { offset } = form;
  if (field.type.startsWith("text")) return `text(b.subarray(${offset}, ${offset} + ${size}))`;
  if (field.type.startsWith("bytes")) {
    const slice = `b.slice(${offset}, ${offset} + ${size})`;
    return planned.noneBytes ? `(r = ${slice}, same(r, ${form.planned}.noneBytes) ? null : r)` : slice;
  }
  const raw = rawExpression(planned, offset);
  const none = noneOf(field);
  const scaling = scalingOf(field);
  const held = none !== null || field.saturates || planned.labels || form.raw !== null;
  const variable = form.raw ?? "r";
  const source = held ? variable : raw;
  const plain = size === 8 && (scaling || form.scaling !== null) ? `Number(${source})` : source;
  const number = field.bcd ? `bcd(${plain})` : plain;
  let value = number;
  if (planned.labels) value = `(${form.planned}.labels.get(${variable}) ?? ${variable})`;
  else if (form.scaling !== null) value = `scaled(${source}, ${form.scaling})`;
  else if (scaling) value = scaledExpression(number, scaling);
  if (!held) return value;
  const limits = field.saturates
    ? `, (${variable} <= ${literal(field.saturates[0])} || ${variable} >= ${literal(field.saturates[1])}) && ${form.saturated}`
    : "";
  return none === null
    ? `(${variable} = ${raw}${limits}, ${value})`
    : `(${variable} = ${raw}, ${variable} === ${literal(none)} ? null : (0${limits}, ${value}))`;
}
