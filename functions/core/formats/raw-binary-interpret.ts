/** A frame layout read field by field: for runtimes that refuse generated code, and as the compiled reader's oracle. */

import { frameComplaints } from "./raw-binary-compile.ts";
import { maximumSamples } from "./raw-binary-layout.ts";
import type { FieldValue, FramePlan, FrameReader, PlannedField } from "./raw-binary-plan.ts";
import { applyScaling, scalingOf } from "../normalise/scaling.ts";
import { noneOf, sameBytes, wideInteger } from "./raw-binary-values.ts";

/** An integer of 1 to 8 bytes. */
function readInteger(
  bytes: Uint8Array,
  offset: number,
  size: number,
  little: boolean,
  signed: boolean,
): number | bigint {
  const part = (from: number, length: number, asSigned: boolean): number => {
    let value = 0;
    for (let index = 0; index < length; index++) {
      value = value * 256 + bytes[from + (little ? length - 1 - index : index)]!;
    }
    const modulus = 2 ** (8 * length);
    return asSigned && value >= modulus / 2 ? value - modulus : value;
  };
  if (size <= 6) return part(offset, size, signed);
  return wideInteger(part(offset + (little ? 4 : 0), 4, signed), part(offset + (little ? 0 : 4), 4, false));
}

function readRaw(bytes: Uint8Array, planned: PlannedField, offset: number): number | bigint {
  const { field, size, little } = planned;
  if (field.type === "f32" || field.type === "f64") {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return field.type === "f32" ? view.getFloat32(offset, little) : view.getFloat64(offset, little);
  }
  const signed = field.type.startsWith("i");
  if (!field.bits) return readInteger(bytes, offset, size, little, signed);
  const [shift, width] = field.bits;
  const value = Math.floor(Number(readInteger(bytes, offset, size, little, false)) / 2 ** shift) % 2 ** width;
  return signed && value >= 2 ** (width - 1) ? value - 2 ** width : value;
}

/** A field's value; calls back where the raw number is at the sensor's limit. */
function fieldReader(
  planned: PlannedField,
): (bytes: Uint8Array, offset: number, saturated: () => void) => FieldValue {
  const { field, size, noneBytes, labels } = planned;
  if (field.type.startsWith("bytes")) {
    return (bytes, offset) => {
      const slice = bytes.slice(offset, offset + size);
      return noneBytes && sameBytes(slice, noneBytes) ? null : slice;
    };
  }
  const none = noneOf(field);
  const scaling = scalingOf(field);
  const limits = field.saturates;
  return (bytes, offset, saturated) => {
    const raw = readRaw(bytes, planned, offset);
    if (none !== null && raw === none) return null;
    if (limits && (raw <= limits[0] || raw >= limits[1])) saturated();
    if (labels) return labels.get(Number(raw)) ?? raw;
    return scaling ? applyScaling(raw, scaling) : raw;
  };
}

/** Interpret a plan. Reads exactly what the compiled reader reads. */
export function interpretFrameReader(plan: FramePlan): FrameReader {
  const { layout, repeat } = plan;
  const complaints = frameComplaints(plan);
  const header = plan.fields.map(fieldReader);
  const axes = repeat?.fields.map(fieldReader) ?? [];
  const limitedFields = plan.fields.some(({ field }) => field.saturates);
  const limitedSamples = repeat?.fields.some(({ field }) => field.saturates) ?? false;

  return (bytes) => {
    const length = bytes.length;
    if (layout.length !== undefined && length !== layout.length) return complaints.wrongLength(length);
    if (length < plan.least) return complaints.tooShort(length);
    for (const { at, bytes: expected } of plan.match) {
      if (!sameBytes(bytes.subarray(at, at + expected.length), expected)) return complaints.noMatch();
    }
    const fields: FieldValue[] = [];
    const saturatedFields: number[] = [];
    let place = 0;
    let end = 0;
    for (const [index, planned] of plan.fields.entries()) {
      const { field, size } = planned;
      const offset = planned.offset ?? place;
      const there = !field.when || ((bytes[field.when.at]! >> field.when.bit) & 1) === field.when.is;
      if (!there) {
        fields.push(undefined);
        if (field.at !== "next") place = offset + size;
        continue;
      }
      if (offset + size > length) return complaints.endsInside(index, length);
      fields.push(header[index]!(bytes, offset, () => saturatedFields.push(index)));
      place = offset + size;
      end = Math.max(end, place);
    }
    const samples: (number | null)[][] = [];
    const saturatedSamples: number[] = [];
    if (repeat) {
      const start = repeat.offset ?? place;
      const { count, stride } = repeat;
      const many =
        count === "rest"
          ? Math.floor((length - start) / stride)
          : typeof count === "number"
            ? count
            : fields[count.index];
      if (
        typeof many !== "number" ||
        !Number.isInteger(many) ||
        many < 0 ||
        many > maximumSamples ||
        start + many * stride > length
      ) {
        return complaints.badCount(many, length);
      }
      for (let which = 0; which < many; which++) {
        const base = start + which * stride;
        samples.push(
          repeat.fields.map((planned, index) => {
            const value = axes[index]!(bytes, base + (planned.offset ?? 0), () =>
              saturatedSamples.push(which),
            );
            return value === null ? null : Number(value);
          }),
        );
      }
      end = Math.max(end, start + many * stride);
    }
    const trailing = layout.length === undefined ? length - end : 0;
    if (trailing > 0 && layout.trailing === "refuse") return complaints.trailing(trailing);
    return {
      fields,
      samples,
      trailing,
      saturatedFields: limitedFields ? saturatedFields : null,
      saturatedSamples: limitedSamples ? saturatedSamples : null,
    };
  };
}
