/**
 * A frame layout as straight-line code: offsets, scales and masks become constants of a generated function,
 * which reads a frame several times faster than a loop over the field table.
 *
 * What gets into the source text is numbers of a checked plan only; names and labels stay outside and are
 * handed in, so that a profile can't inject code.
 */

import type { Frame, FramePlan, FrameReader, PlannedField } from "./raw-binary-plan.ts";
import { maximumSamples } from "./raw-binary-layout.ts";
import { scalingOf } from "../normalise/scaling.ts";
import { noneOf, sameBytes, wideInteger } from "./raw-binary-values.ts";

/** Samples up to this many are unrolled. */
const unrolled = 16;

/** A number as source text; in brackets, so that a negative one can follow any operator. */
function literal(value: number | bigint): string {
  if (typeof value === "bigint") return `(${value}n)`;
  if (!Number.isFinite(value)) throw new Error("layout: a number is not finite");
  return Object.is(value, -0) ? "(-0)" : `(${value})`;
}

/** The byte `index` behind an offset, which is a number or an expression. */
function byte(offset: number | string, index: number): string {
  return typeof offset === "number"
    ? `b[${offset + index}]`
    : index === 0
      ? `b[${offset}]`
      : `b[${offset} + ${index}]`;
}

/** Up to four bytes as an unsigned or signed integer, most significant last (`little`) or first. */
function shortInteger(
  offset: number | string,
  first: number,
  size: number,
  little: boolean,
  signed: boolean,
): string {
  const parts = Array.from({ length: size }, (_, index) => {
    const shift = 8 * (little ? index : size - 1 - index);
    return shift === 0 ? byte(offset, first + index) : `${byte(offset, first + index)} << ${shift}`;
  });
  const spare = 32 - 8 * size;
  const whole = `(${parts.join(" | ")})`;
  if (signed) return spare === 0 ? whole : `(${whole} << ${spare} >> ${spare})`;
  return size === 4 ? `(${whole} >>> 0)` : whole;
}

/** The raw number of a numeric field at an offset. */
function rawExpression(planned: PlannedField, offset: number | string): string {
  const { field, size, little } = planned;
  const signed = field.type.startsWith("i");
  if (field.type === "f32") return `v.getFloat32(${offset}, ${little})`;
  if (field.type === "f64") return `v.getFloat64(${offset}, ${little})`;
  if (field.bits) {
    const [shift, width] = field.bits;
    const whole = shortInteger(offset, 0, size, little, false);
    const left = 32 - shift - width;
    const spare = 32 - width;
    return signed ? `(${whole} << ${left} >> ${spare})` : `(${whole} << ${left} >>> ${spare})`;
  }
  if (size <= 4) return shortInteger(offset, 0, size, little, signed);
  const low = shortInteger(offset, little ? 0 : size - 4, 4, little, false);
  const high = shortInteger(offset, little ? 4 : 0, size - 4, little, signed);
  return size === 8 ? `wide(${high}, ${low})` : `(${high} * 4294967296 + ${low})`;
}

/** The value of a field at an offset. `saturated` is a statement-like expression for a sensor at its limit. */
function valueExpression(
  planned: PlannedField,
  index: number,
  offset: number | string,
  saturated: string,
): string {
  const { field } = planned;
  if (field.type.startsWith("bytes")) {
    const slice = `b.slice(${offset}, ${offset} + ${planned.size})`;
    return planned.noneBytes ? `(r = ${slice}, same(r, plan[${index}].noneBytes) ? null : r)` : slice;
  }
  const raw = rawExpression(planned, offset);
  const none = noneOf(field);
  const scaling = scalingOf(field);
  const held = none !== null || field.saturates || planned.labels;
  const source = held ? "r" : raw;
  const number = planned.size === 8 && scaling ? `Number(${source})` : source;
  let value = number;
  if (planned.labels) value = `(plan[${index}].labels.get(r) ?? r)`;
  else if (scaling) {
    const scaled =
      scaling.divisor === null
        ? `${number} * ${literal(scaling.factor)}`
        : `${number} / ${literal(scaling.divisor)}`;
    value = scaling.offset === 0 ? scaled : `${scaled} + ${literal(scaling.offset)}`;
  }
  if (!held) return value;
  const limits = field.saturates
    ? `, (r <= ${literal(field.saturates[0])} || r >= ${literal(field.saturates[1])}) && ${saturated}`
    : "";
  return none === null
    ? `(r = ${raw}${limits}, ${value})`
    : `(r = ${raw}, r === ${literal(none)} ? null : (0${limits}, ${value}))`;
}

/** The source of the reader's body, of one argument `b`, the bytes. */
export function frameReaderSource(plan: FramePlan): string {
  const { layout, fields, repeat } = plan;
  const lines: string[] = ["const n = b.length;"];
  const all = [...fields, ...(repeat?.fields ?? [])];
  if (layout.length !== undefined) lines.push(`if (n !== ${layout.length}) return wrongLength(n);`);
  else lines.push(`if (n < ${plan.least}) return tooShort(n);`);
  for (const { at, bytes } of plan.match) {
    bytes.forEach((expected, index) =>
      lines.push(`if (b[${at + index}] !== ${expected}) return noMatch(b);`),
    );
  }
  if (all.some(({ field }) => field.type === "f32" || field.type === "f64")) {
    lines.push("const v = new DataView(b.buffer, b.byteOffset, n);");
  }
  lines.push("let r, p = 0, end = 0;");
  const limited = fields.some(({ field }) => field.saturates);
  if (limited) lines.push("const sf = [];");
  fields.forEach((planned, index) => {
    const { field, size } = planned;
    const offset = planned.offset ?? "p";
    const assign = [
      ...(planned.offset === null || field.when
        ? [`if (${offset} + ${size} > n) return endsInside(${index}, n);`]
        : []),
      `f${index} = ${valueExpression(planned, index, offset, `sf.push(${index})`)};`,
      `p = ${offset} + ${size}; if (p > end) end = p;`,
    ].join(" ");
    lines.push(`let f${index};`);
    if (!field.when) lines.push(assign);
    else {
      const { at, bit, is } = field.when;
      const skip = planned.offset === null || field.at === "next" ? "" : ` else p = ${offset} + ${size};`;
      lines.push(`if ((b[${at}] >> ${bit} & 1) === ${is}) { ${assign} }${skip}`);
    }
  });
  lines.push(...(repeat ? sampleLines(plan) : ["const s = [];"]));
  if (layout.length === undefined && layout.trailing === "refuse")
    lines.push("if (end < n) return trailing(n - end);");
  const values = fields.map((_, index) => `f${index}`).join(", ");
  const left = layout.length === undefined ? "n - end" : "0";
  const sampleLimits = repeat?.fields.some(({ field }) => field.saturates) ? "ss" : "null";
  lines.push(
    `return { fields: [${values}], samples: s, trailing: ${left}, saturatedFields: ${limited ? "sf" : "null"}, saturatedSamples: ${sampleLimits} };`,
  );
  return lines.join("\n");
}

function sampleLines(plan: FramePlan): string[] {
  const { count, fields, offset, stride } = plan.repeat!;
  const lines: string[] = [];
  if (fields.some(({ field }) => field.saturates)) lines.push("const ss = [];");
  const start = offset ?? "p";
  const sampleAt = (base: number | string, which: string): string => {
    const values = fields.map((planned, index) => {
      const within = planned.offset ?? 0;
      const at = typeof base === "number" ? base + within : `${base} + ${within}`;
      // A 64-bit integer of a sample becomes a column of doubles: the frame table holds nothing else.
      const wide = planned.size === 8 && planned.field.type !== "f64" && scalingOf(planned.field) === null;
      const value = valueExpression(planned, index, at, `ss.push(${which})`);
      return wide ? `number(${value})` : value;
    });
    return `[${values.join(", ")}]`;
  };
  if (typeof count === "number" && typeof start === "number" && count <= unrolled) {
    const samples = Array.from({ length: count }, (_, which) =>
      sampleAt(start + which * stride, String(which)),
    );
    lines.push(
      `const s = [${samples.join(",\n")}];`,
      `if (${start + count * stride} > end) end = ${start + count * stride};`,
    );
    return lines;
  }
  const many =
    typeof count === "number"
      ? String(count)
      : count === "rest"
        ? `Math.floor((n - q) / ${stride})`
        : `f${count.index}`;
  lines.push(
    `let q = ${start};`,
    `const c = ${many};`,
    `if (!(c >= 0 && c <= ${maximumSamples} && c === Math.floor(c) && q + c * ${stride} <= n)) return badCount(c, n);`,
    "const s = [];",
    `for (let k = 0; k < c; k++, q += ${stride}) s.push(${sampleAt("q", "k")});`,
    "if (q > end) end = q;",
  );
  return lines;
}

/** Messages of a reader about frames it refuses. */
export function frameComplaints(plan: FramePlan) {
  const { layout, fields } = plan;
  return {
    wrongLength: (n: number): string => `frame of ${n} bytes, the layout has ${layout.length}`,
    tooShort: (n: number): string => `frame of ${n} bytes, the layout has at least ${plan.least}`,
    noMatch: (): string => "the frame does not begin with the bytes that the layout states",
    endsInside: (index: number, n: number): string =>
      `frame of ${n} bytes ends inside "${fields[index]!.field.name}"`,
    trailing: (left: number): string => `${left} bytes behind the last field`,
    badCount: (count: unknown, n: number): string =>
      `${String(count)} samples do not fit a frame of ${n} bytes`,
  };
}

/** Compile a plan. Returns null where code generation is refused (a content security policy, a hardened runtime). */
export function compileFrameReader(plan: FramePlan): FrameReader | null {
  const complaints = frameComplaints(plan);
  const number = (value: number | bigint | null): number | null => (value === null ? null : Number(value));
  const names = ["plan", "wide", "same", "number", ...Object.keys(complaints)];
  const source = `"use strict"; return function readFrame(b) {\n${frameReaderSource(plan)}\n};`;
  try {
    const make = new Function(...names, source) as (
      ...given: unknown[]
    ) => (bytes: Uint8Array) => Frame | string;
    return make(plan.fields, wideInteger, sameBytes, number, ...Object.values(complaints));
  } catch (thrown) {
    if (thrown instanceof EvalError) return null;
    throw thrown;
  }
}
