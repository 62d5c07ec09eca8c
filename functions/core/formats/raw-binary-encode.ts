/** Values to a frame: the other direction of a layout, for devices that send one and for tests. */

import { applyScaling, scalingOf } from "../normalise/scaling.ts";
import { noneOf } from "./raw-binary-values.ts";
import type { FrameLayout } from "./raw-binary-layout.ts";
import type { FramePlan, PlannedField } from "./raw-binary-plan.ts";
import { planLayout } from "./raw-binary-plan.ts";

/** A number in the field's unit, the label of an enum, bytes, or null for "no reading". */
export type EncodableValue = number | bigint | string | Uint8Array | null;
export type EncodableSample = Readonly<Record<string, number | null>>;

/**
 * Encode a frame. Header values by field name; fields without a value are zero; a field with a `when` is
 * written if its flag bit, in the value given for the flag's field, says so. Values are rounded to the nearest
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
    let end = writeHeader(plan, bytes, header);
    if (repeat) {
      const start = repeat.offset ?? end.place;
      samples.forEach((sample, which) => {
        for (const planned of repeat.fields) {
          writeField(
            bytes,
            planned,
            start + which * repeat.stride + (planned.offset ?? 0),
            sample[planned.field.name] ?? null,
          );
        }
      });
      end = { place: end.place, furthest: Math.max(end.furthest, start + samples.length * repeat.stride) };
    }
    return bytes.slice(0, layout.length ?? Math.max(end.furthest, plan.least));
  };
}

function writeHeader(
  plan: FramePlan,
  bytes: Uint8Array,
  header: Readonly<Record<string, EncodableValue>>,
): { place: number; furthest: number } {
  let place = 0;
  let furthest = 0;
  for (const planned of plan.fields) {
    const { field, size } = planned;
    const offset = planned.offset ?? place;
    const { when } = field;
    if (when && ((bytes[when.at]! >> when.bit) & 1) !== when.is) {
      if (field.at !== "next") place = offset + size;
      continue;
    }
    const value = header[field.name];
    if (value !== undefined) writeField(bytes, planned, offset, value);
    place = offset + size;
    furthest = Math.max(furthest, place);
  }
  return { place, furthest };
}

function writeField(bytes: Uint8Array, planned: PlannedField, offset: number, value: EncodableValue): void {
  const { field, size, little } = planned;
  const complain = (what: string): never => {
    throw new Error(`frame: field "${field.name}": ${what}`);
  };
  if (field.type.startsWith("bytes")) {
    const given = value === null ? planned.noneBytes : value;
    if (!(given instanceof Uint8Array) || given.length !== size) return complain(`takes ${size} bytes`);
    bytes.set(given, offset);
    return;
  }
  if (field.type === "f32" || field.type === "f64") {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const scaling = scalingOf(field);
    const number = value === null ? Number(noneOf(field) ?? NaN) : unscale(Number(value), scaling);
    if (field.type === "f32") view.setFloat32(offset, number, little);
    else view.setFloat64(offset, number, little);
    return;
  }
  const raw = rawInteger(planned, value, complain);
  const signed = field.type.startsWith("i");
  const width = BigInt(field.bits ? field.bits[1] : 8 * size);
  const least = signed ? -(1n << (width - 1n)) : 0n;
  const most = (1n << (signed ? width - 1n : width)) - 1n;
  if (raw < least || raw > most) complain(`${String(value)} does not fit ${width} bits`);
  const shift = BigInt(field.bits?.[0] ?? 0);
  const mask = ((1n << width) - 1n) << shift;
  let word = (raw << shift) & mask;
  for (let index = 0; index < size; index++) {
    const at = offset + (little ? index : size - 1 - index);
    const part = Number((mask >> BigInt(8 * index)) & 0xffn);
    bytes[at] = (bytes[at]! & ~part) | Number(word & 0xffn);
    word >>= 8n;
  }
}

function rawInteger(planned: PlannedField, value: EncodableValue, complain: (what: string) => never): bigint {
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
  const scaling = scalingOf(field);
  if (typeof value === "bigint" && !scaling) return value;
  const number = Math.round(unscale(Number(value), scaling));
  return Number.isFinite(number) ? BigInt(number) : complain(`${String(value)} is no number`);
}

function unscale(value: number, scaling: ReturnType<typeof scalingOf>): number {
  if (!scaling) return value;
  const zero = applyScaling(0, scaling);
  return scaling.divisor === null ? (value - zero) / scaling.factor : (value - zero) * scaling.divisor;
}
