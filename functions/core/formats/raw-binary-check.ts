/** What has to hold for the fields of a frame layout. Everything here throws an Error that names the field. */

import { metricPattern } from "../normalise/metric.ts";
import { fromHex } from "../text.ts";
import type { FrameField, FrameLayout } from "./raw-binary-layout.ts";
import { integerTypes, isOpaque, maximumSamples, sizeOf } from "./raw-binary-layout.ts";
import { complaint, planLayout } from "./raw-binary-plan.ts";

/**
 * Whether a layout makes sense, in itself and as a whole. What is generated of a layout is code: nothing but a checked
 * one may be handed to `compileFrameReader`.
 */
export function checkLayout(layout: FrameLayout): void {
  for (const field of layout.fields) checkField(field);
  for (const { at, hex } of layout.match ?? [])
    if (!(Number.isInteger(at) && at >= 0))
      throw new Error(`layout: match "${hex}" at ${at}: at is an offset`);
  const { repeat, derived = [] } = layout;
  if (repeat) checkRepeat(repeat);
  for (const rule of derived)
    if (!metricPattern.test(rule.name))
      throw complaint(rule, "a name is lower_snake and starts with a letter");
  planLayout(layout);
}

function checkRepeat({ fields, period, count }: NonNullable<FrameLayout["repeat"]>): void {
  if (fields.length === 0) throw new Error("layout: repeat has no fields");
  for (const field of fields) {
    checkField(field);
    if (field.when || field.enum || field.role || isOpaque(field.type))
      throw new Error(
        `layout: repeated field "${field.name}": samples hold plain numbers (no when, enum, role, bytes, text)`,
      );
  }
  if (typeof period !== "object" && !(period > 0))
    throw new Error(`layout: repeat period ${period}: seconds above 0`);
  if (typeof count === "number" && !(Number.isInteger(count) && count > 0 && count <= maximumSamples))
    throw new Error(`layout: repeat count ${count}: 1 to ${maximumSamples}`);
}

function complainer(field: FrameField): (what: string) => never {
  return (what) => {
    throw complaint(field, what);
  };
}

function checkField(field: FrameField): void {
  const { name, type, bits, scale = 1, offset = 0, none, at, role } = field;
  const complain = complainer(field);
  if (!metricPattern.test(name)) complain("a name is lower_snake and starts with a letter");
  const isInteger = (integerTypes as readonly string[]).includes(type);
  if (!isInteger && !/^(bytes|text)[1-9]\d{0,3}$/.test(type) && type !== "f32" && type !== "f64")
    complain(`there is no type "${type}"`);
  const size = sizeOf(type);
  if (at !== "next" && !(Number.isInteger(at) && at >= 0)) complain("at is an offset or next");
  if (!Number.isFinite(scale) || !Number.isFinite(offset)) complain("scale and offset are finite numbers");
  if (bits) {
    const [shift, width] = bits;
    const whole = Number.isInteger(shift) && Number.isInteger(width) && shift >= 0 && width > 0;
    if (!isInteger || size > 4 || !whole || shift + width > 8 * size) {
      complain("bits are [shift, width] within an integer of at most 32 bits");
    }
  }
  if (field.wordOrder && (isOpaque(type) || size % 2 !== 0 || size < 4))
    complain("wordOrder needs a number of 32, 48 or 64 bits");
  if (field.bcd && (!type.startsWith("u") || size > 6 || field.enum || field.scaleBy || field.saturates))
    complain("bcd needs an unsigned integer of at most 48 bits without enum, scaleBy and saturates");
  checkCondition(field);
  if (field.scaleBy) {
    const scales = Object.entries(field.scaleBy.scales);
    const sound = scales.every(([raw, factor]) => /^-?\d{1,15}$/.test(raw) && Number.isFinite(factor));
    if (scales.length === 0 || !sound) complain("scaleBy has scales, finite numbers, by raw numbers");
    if (field.scale !== undefined || field.enum || isOpaque(type))
      complain("scaleBy needs a number, and stands in place of scale and enum");
  }
  if (field.enum && (!isInteger || size > 6)) complain("enum needs an integer of at most 48 bits");
  if (field.saturates && (!isInteger || size > 6)) complain("saturates needs an integer of at most 48 bits");
  if ((role === "time" || role === "sequence") && isOpaque(type)) complain(`role ${role} needs a number`);
  if (none === undefined) return;
  if (type.startsWith("text")) complain("a text has no pattern for no reading");
  if (type.startsWith("bytes")) {
    if (fromHex(String(none))?.length !== size) complain(`none is ${size} bytes as hex digits`);
  } else if (typeof none === "string" && !/^-?\d{1,20}$/.test(none)) complain("none is a raw number");
}

function checkCondition(field: FrameField): void {
  const { when } = field;
  if (!when) return;
  const complain = complainer(field);
  if ("field" in when) {
    const values = typeof when.is === "number" ? [when.is] : when.is;
    if (values.length === 0 || !values.every(Number.isSafeInteger))
      complain("when is the name of a field and one or several raw integers");
    return;
  }
  const { at, bit, is } = when;
  const sound = Number.isInteger(at) && at >= 0 && Number.isInteger(bit) && bit >= 0 && bit <= 7;
  if (!sound || (is !== 0 && is !== 1)) complain("when is a byte offset, a bit 0-7 and what it is, 0 or 1");
}
