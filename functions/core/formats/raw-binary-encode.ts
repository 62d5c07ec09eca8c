/** Values to a frame: the other direction of a layout, for devices that send one and for tests. */

import { applyScaling, scalingOf, type Scaling } from "../normalise/scaling.ts";
import { noneOf } from "./raw-binary-values.ts";
import type { FrameLayout } from "./raw-binary-layout.ts";
import type { FramePlan, PlannedField } from "./raw-binary-plan.ts";
import { planLayout } from "./raw-binary-plan.ts";

/** A number in the field's unit, the label of an enum or a text, bytes, or null for "no reading". */
export type EncodableValue = number | bigint | string | Uint8Array | null;
export type EncodableSample = Readonly<Record<string, number | null>>;

/**
 * Encode a frame. Header values by field name; fields without a value are zero; a field with a `when` is
 * written if its flag, in the value given for the flag's field, says so. Values are rounded to the nearest
 * raw number and refused if the field can't hold them.
 * Throws an Error that names the field.
 */
export function encodeFrame(
  layout: FrameLayout,
  header: Readonly<Record<string, EncodableValue>>,
  samples: readonly EncodableSample[] = [],
): Uint8Array {
  return frameEncoder(layout)(header, samples);
}

/** {@link encodeFrame} for many frames of one layout. */
export function frameEncoder(
  layout: FrameLayout,
): (header: Readonly<Record<string, EncodableValue>>, samples?: readonly EncodableSample[]) => Uint8Array {
  const plan = planLayout(layout);
  return (header, samples = []) => {
    const { repeat } = plan;
    if (repeat && typeof repeat.count === "number" && samples.length !== repeat.count) {
      throw new Error(`frame: ${samples.length} samples given, the layout has ${repeat.count}`);
    }
    const room = plan.fields.reduce((sum, { size, offset }) => sum + size + (offset ?? 0), plan.least);
    const bytes = new Uint8Array(room + samples.length * (repeat?.stride ?? 0));
    for (const { at, bytes: pattern } of plan.match) bytes.set(pattern, at);
    const raws: Raws = new Map();
    let end = writeHeader(plan, bytes, header, raws);
    if (repeat) {
      const start = repeat.offset ?? end.place;
      samples.forEach((sample, which) => {
        for (const planned of repeat.fields) {
          const at = start + which * repeat.stride + (planned.offset ?? 0);
          writeField(bytes, planned, at, sample[planned.field.name] ?? null, scalingBy(planned, raws));
        }
      });
      end = { place: end.place, furthest: Math.max(end.furthest, start + samples.length * repeat.stride) };
    }
    return bytes.slice(0, layout.length ?? Math.max(end.furthest, plan.least));
  };
}

/** Raw numbers of header fields, by index. */
type Raws = Map<number, number>;

/** The scaling of a field. */
function scalingBy({ field, scaleBy }: PlannedField, raws: Raws): Scaling | null {
  if (!scaleBy) return scalingOf(field);
  const raw = raws.get(scaleBy.index) ?? 0;
  const scaling = scaleBy.scalings.get(raw);
  if (!scaling) throw new Error(`frame: field "${field.name}": the layout has no scale for ${raw}`);
  return scaling;
}

function isThere({ when }: PlannedField, bytes: Uint8Array, raws: Raws): boolean {
  if (!when) return true;
  if ("at" in when) return ((bytes[when.at]! >> when.bit) & 1) === when.is;
  return when.is.includes(raws.get(when.index) ?? NaN);
}

function writeHeader(
  plan: FramePlan,
  bytes: Uint8Array,
  header: Readonly<Record<string, EncodableValue>>,
  raws: Raws,
): { place: number; furthest: number } {
  let place = 0;
  let furthest = 0;
  for (const [index, planned] of plan.fields.entries()) {
    const { field, size } = planned;
    const offset = planned.offset ?? place;
    if (!isThere(planned, bytes, raws)) {
      if (field.at !== "next") place = offset + size;
      continue;
    }
    const value = header[field.name];
    raws.set(
      index,
      value === undefined ? 0 : writeField(bytes, planned, offset, value, scalingBy(planned, raws)),
    );
    place = offset + size;
    furthest = Math.max(furthest, place);
  }
  return { place, furthest };
}

/** Returns the raw number, for others that refer to it. */
function writeField(
  bytes: Uint8Array,
  planned: PlannedField,
  offset: number,
  value: EncodableValue,
  scaling: Scaling | null,
): number {
  const { field, size, bytes: places } = planned;
  const complain = (what: string): never => {
    throw new Error(`frame: field "${field.name}": ${what}`);
  };
  if (field.type.startsWith("text")) {
    const text = typeof value === "string" ? new TextEncoder().encode(value) : complain("takes a text");
    if (text.length > size) complain(`${text.length} bytes of text do not fit ${size}`);
    bytes.set(text, offset);
    return 0;
  }
  if (field.type.startsWith("bytes")) {
    const given = value === null ? planned.noneBytes : value;
    if (!(given instanceof Uint8Array) || given.length !== size) return complain(`takes ${size} bytes`);
    bytes.set(given, offset);
    return 0;
  }
  if (field.type === "f32" || field.type === "f64") {
    const number = value === null ? Number(noneOf(field) ?? NaN) : unscale(Number(value), scaling);
    const view = new DataView(new ArrayBuffer(size));
    if (field.type === "f32") view.setFloat32(0, number);
    else view.setFloat64(0, number);
    places.forEach((place, index) => (bytes[offset + place] = view.getUint8(index)));
    return number;
  }
  const raw = rawInteger(planned, value, scaling, complain);
  const signed = field.type.startsWith("i");
  const width = BigInt(field.bits ? field.bits[1] : 8 * size);
  const least = signed ? -(1n << (width - 1n)) : 0n;
  const most = (1n << (signed ? width - 1n : width)) - 1n;
  if (raw < least || raw > most) complain(`${String(value)} does not fit ${width} bits`);
  const shift = BigInt(field.bits?.[0] ?? 0);
  const mask = ((1n << width) - 1n) << shift;
  let word = (raw << shift) & mask;
  for (let index = 0; index < size; index++) {
    const at = offset + places[size - 1 - index]!;
    const part = Number((mask >> BigInt(8 * index)) & 0xffn);
    bytes[at] = (bytes[at]! & ~part) | Number(word & 0xffn);
    word >>= 8n;
  }
  return Number(raw);
}

function rawInteger(
  planned: PlannedField,
  value: EncodableValue,
  scaling: Scaling | null,
  complain: (what: string) => never,
): bigint {
  const { field, labels } = planned;
  if (value === null) {
    const none = noneOf(field);
    return none === null ? complain("the layout has no pattern for no reading") : BigInt(none);
  }
  if (typeof value === "string") {
    for (const [code, label] of labels ?? []) if (label === value) return BigInt(code);
    return complain(`there is no label "${value}"`);
  }
  if (value instanceof Uint8Array) return complain("takes a number");
  if (typeof value === "bigint" && !scaling) return field.bcd ? BigInt(`0x${value}`) : value;
  const number = Math.round(unscale(Number(value), scaling));
  if (!Number.isFinite(number) || (field.bcd && number < 0)) return complain(`${String(value)} is no number`);
  return BigInt(field.bcd ? `0x${number}` : number);
}

function unscale(value: number, scaling: Scaling | null): number {
  if (!scaling) return value;
  const zero = applyScaling(0, scaling);
  return scaling.divisor === null ? (value - zero) / scaling.factor : (value - zero) * scaling.divisor;
}
