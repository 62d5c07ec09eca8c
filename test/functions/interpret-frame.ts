/** A frame layout read field by field, slowly and plainly: the oracle of the compiled reader. */

import { frameComplaints, sampleExtender } from "../../functions/core/formats/raw-binary-compile.ts";
import { maximumSamples } from "../../functions/core/formats/raw-binary-layout.ts";
import type {
  FieldValue,
  FramePlan,
  FrameReader,
  PlannedCondition,
  PlannedField,
} from "../../functions/core/formats/raw-binary-plan.ts";
import { signed64 } from "../../functions/core/integers.ts";
import { applyScaling, scalingOf } from "../../functions/core/normalise/scaling.ts";
import {
  decimalOfBcd,
  derivedValue,
  noneOf,
  paddedText,
  sameBytes,
} from "../../functions/core/formats/raw-binary-values.ts";

/** An integer of up to eight bytes, whose places are given with the most significant first. */
function readInteger(
  bytes: Uint8Array,
  offset: number,
  places: readonly number[],
  signed: boolean,
): number | bigint {
  const part = (of: readonly number[], asSigned: boolean): number => {
    const value = of.reduce((whole, place) => whole * 256 + bytes[offset + place]!, 0);
    const modulus = 2 ** (8 * of.length);
    return asSigned && value >= modulus / 2 ? value - modulus : value;
  };
  if (places.length <= 6) return part(places, signed);
  return signed64(part(places.slice(0, 4), signed), part(places.slice(4), false));
}

function readRaw(bytes: Uint8Array, planned: PlannedField, offset: number): number | bigint {
  const { field, bytes: places } = planned;
  if (field.type === "f32" || field.type === "f64") {
    const view = new DataView(Uint8Array.from(places, (place) => bytes[offset + place]!).buffer);
    return field.type === "f32" ? view.getFloat32(0) : view.getFloat64(0);
  }
  const signed = field.type.startsWith("i");
  if (!field.bits) return readInteger(bytes, offset, places, signed);
  const [shift, width] = field.bits;
  const value = Math.floor(Number(readInteger(bytes, offset, places, false)) / 2 ** shift) % 2 ** width;
  return signed && value >= 2 ** (width - 1) ? value - 2 ** width : value;
}

/** What the reading of a field needs to know of the frame around it. */
interface Around {
  /** Raw numbers of the header by index, where others refer to them. */
  readonly raws: ReadonlyMap<number, number | bigint>;
  /** Called where the sensor is at its limit. */
  saturated(): void;
}

/** A field's value. */
function fieldReader(
  planned: PlannedField,
): (bytes: Uint8Array, offset: number, around: Around) => FieldValue {
  const { field, size, noneBytes, labels, scaleBy } = planned;
  if (field.type.startsWith("text"))
    return (bytes, offset) => paddedText(bytes.subarray(offset, offset + size));
  if (field.type.startsWith("bytes")) {
    return (bytes, offset) => {
      const slice = bytes.slice(offset, offset + size);
      return noneBytes && sameBytes(slice, noneBytes) ? null : slice;
    };
  }
  const none = noneOf(field);
  const fixed = scalingOf(field);
  const limits = field.saturates;
  return (bytes, offset, around) => {
    const raw = readRaw(bytes, planned, offset);
    if (none !== null && raw === none) return null;
    if (limits && (raw <= limits[0] || raw >= limits[1])) around.saturated();
    if (labels) return labels.get(Number(raw)) ?? raw;
    const scaling = scaleBy ? scaleBy.scalings.get(Number(around.raws.get(scaleBy.index)))! : fixed;
    const number = field.bcd ? decimalOfBcd(Number(raw)) : raw;
    return scaling ? applyScaling(number, scaling) : number;
  };
}

function holds(when: PlannedCondition, bytes: Uint8Array, raws: Around["raws"]): boolean {
  if ("at" in when) return ((bytes[when.at]! >> when.bit) & 1) === when.is;
  const raw = raws.get(when.index);
  return raw !== undefined && when.is.includes(Number(raw));
}

/** Interpret a plan. Reads exactly what the compiled reader reads. */
export function interpretFrameReader(plan: FramePlan): FrameReader {
  const { layout, repeat } = plan;
  const complaints = frameComplaints(plan);
  const header = plan.fields.map(fieldReader);
  const axes = repeat?.fields.map(fieldReader) ?? [];
  const extend = sampleExtender(plan);
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
    const raws = new Map<number, number | bigint>();
    const unscaled = ({ scaleBy }: PlannedField): string | null => {
      if (!scaleBy) return null;
      const raw = raws.get(scaleBy.index);
      return raw !== undefined && scaleBy.scalings.has(Number(raw))
        ? null
        : complaints.noScale(scaleBy.index, raw);
    };
    const saturatedFields: number[] = [];
    let place = 0;
    let end = 0;
    for (const [index, planned] of plan.fields.entries()) {
      const { field, size, when } = planned;
      const offset = planned.offset ?? place;
      if (when && !holds(when, bytes, raws)) {
        fields.push(undefined);
        if (field.at !== "next") place = offset + size;
        continue;
      }
      if (offset + size > length) return complaints.endsInside(index, length);
      if (plan.referenced.has(index)) raws.set(index, readRaw(bytes, planned, offset));
      const problem = unscaled(planned);
      if (problem !== null) return problem;
      const value = header[index]!(bytes, offset, { raws, saturated: () => saturatedFields.push(index) });
      if (value === null && field.type.startsWith("text")) return complaints.badText(index);
      fields.push(value);
      place = offset + size;
      end = Math.max(end, place);
    }
    const samples: (number | null)[][] = [];
    const saturatedSamples: number[] = [];
    if (repeat) {
      for (const planned of repeat.fields) {
        const problem = unscaled(planned);
        if (problem !== null) return problem;
      }
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
        const around: Around = { raws, saturated: () => saturatedSamples.push(which) };
        const sample = repeat.fields.map((planned, index) => {
          const value = axes[index]!(bytes, base + (planned.offset ?? 0), around);
          return value === null ? null : Number(value);
        });
        samples.push(extend(sample));
      }
      end = Math.max(end, start + many * stride);
    }
    const trailing = layout.length === undefined ? length - end : 0;
    if (trailing > 0 && layout.trailing === "refuse") return complaints.trailing(trailing);
    for (const { derived, of } of plan.derived) {
      fields.push(
        derivedValue(
          derived,
          of.map((at) => fields[at]),
        ),
      );
    }
    return {
      fields,
      samples,
      trailing,
      saturatedFields: limitedFields ? saturatedFields : null,
      saturatedSamples: limitedSamples ? saturatedSamples : null,
    };
  };
}
