/** Raw binary frames by a declared layout: bytes to values. */

import { Fault } from "../fault.ts";
import { compileFrameReader } from "./raw-binary-compile.ts";
import type { FrameLayout } from "./raw-binary-layout.ts";
import type { FieldValue, FramePlan, FrameReader } from "./raw-binary-plan.ts";
import { planLayout } from "./raw-binary-plan.ts";

/** The reader of a layout. */
export function frameReader(layout: FrameLayout): { plan: FramePlan; read: FrameReader } {
  const plan = planLayout(layout);
  return { plan, read: compileFrameReader(plan) };
}

/** A frame's header values by name; absent fields are left out. Throws a {@link Fault}. */
export function readFrame(layout: FrameLayout, bytes: Uint8Array): Map<string, FieldValue> {
  const { plan, read } = frameReader(layout);
  const frame = read(bytes);
  if (typeof frame === "string") throw new Fault("schema", frame);
  const values = new Map<string, FieldValue>();
  plan.fields.forEach(({ field }, index) => {
    if (frame.fields[index] !== undefined) values.set(field.name, frame.fields[index]);
  });
  plan.derived.forEach(({ derived }, index) => {
    const value = frame.fields[plan.fields.length + index];
    if (value !== undefined) values.set(derived.name, value);
  });
  return values;
}
