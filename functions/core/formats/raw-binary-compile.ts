/**
 * A frame layout as straight-line code: offsets, scales and masks become constants of a generated function,
 * which reads a frame several times faster than a loop over the field table.
 *
 * What gets into the source text is numbers of a checked plan only; names and labels stay outside and are
 * handed in, so that a profile can't inject code.
 */

import type { Frame, FramePlan, FrameReader, PlannedCondition, PlannedField } from "./raw-binary-plan.ts";
import { maximumSamples } from "./raw-binary-layout.ts";
import { signed64 } from "../integers.ts";
import { applyScaling, scalingOf } from "../normalise/scaling.ts";
import { literal, valueExpression } from "./raw-binary-source.ts";
import {
  decimalOfBcd,
  derivedValue,
  doubleOfBits,
  floatOfBits,
  paddedText,
  sameBytes,
} from "./raw-binary-values.ts";

/** Samples up to this many are unrolled. */
const unrolled = 16;

/** The source of the reader's body, of one argument `b`, the bytes. */
export function frameReaderSource(plan: FramePlan): string {
  const { layout, fields, repeat, referenced } = plan;
  const lines: string[] = ["const n = b.length;"];
  const all = [...fields, ...(repeat?.fields ?? [])];
  if (layout.length !== undefined) lines.push(`if (n !== ${layout.length}) return wrongLength(n);`);
  else lines.push(`if (n < ${plan.least}) return tooShort(n);`);
  for (const { at, bytes } of plan.match) {
    bytes.forEach((expected, index) =>
      lines.push(`if (b[${at + index}] !== ${expected}) return noMatch(b);`),
    );
  }
  if (all.some(({ field, little }) => field.type.startsWith("f") && little !== null)) {
    lines.push("const v = new DataView(b.buffer, b.byteOffset, n);");
  }
  lines.push("let r, p = 0, end = 0;", ...[...referenced].map((index) => `let w${index};`));
  const limited = fields.some(({ field }) => field.saturates);
  if (limited) lines.push("const sf = [];");
  fields.forEach((planned, index) => lines.push(...fieldLines(planned, index, referenced.has(index))));
  lines.push(...(repeat ? sampleLines(plan) : ["const s = [];"]));
  if (layout.length === undefined && layout.trailing === "refuse")
    lines.push("if (end < n) return trailing(n - end);");
  const values = fields.map((_, index) => `f${index}`);
  plan.derived.forEach(({ of }, index) =>
    values.push(`derive(derived[${index}].derived, [${of.map((place) => `f${place}`).join(", ")}])`),
  );
  const left = layout.length === undefined ? "n - end" : "0";
  const sampleLimits = repeat?.fields.some(({ field }) => field.saturates) ? "ss" : "null";
  lines.push(
    `return { fields: [${values.join(", ")}], samples: s, trailing: ${left}, ` +
      `saturatedFields: ${limited ? "sf" : "null"}, saturatedSamples: ${sampleLimits} };`,
  );
  return lines.join("\n");
}

function conditionSource(when: PlannedCondition): string {
  return "at" in when
    ? `(b[${when.at}] >> ${when.bit} & 1) === ${when.is}`
    : when.is.map((raw) => `w${when.index} === ${literal(raw)}`).join(" || ");
}

/** Choose the scaling of a field by the raw value of another one. */
function scalingLines(planned: PlannedField, name: string, source: string): string {
  const { index } = planned.scaleBy!;
  return `const ${name} = ${source}.scaleBy.scalings.get(w${index}); if (${name} === undefined) return noScale(${index}, w${index});`;
}

function fieldLines(planned: PlannedField, index: number, referenced: boolean): string[] {
  const { field, size, when } = planned;
  const offset = planned.offset ?? "p";
  const value = valueExpression(planned, {
    planned: `plan[${index}]`,
    offset,
    saturated: `sf.push(${index})`,
    raw: referenced ? `w${index}` : null,
    scaling: planned.scaleBy ? `c${index}` : null,
  });
  const assign = [
    ...(planned.offset === null || when
      ? [`if (${offset} + ${size} > n) return endsInside(${index}, n);`]
      : []),
    ...(planned.scaleBy ? [scalingLines(planned, `c${index}`, `plan[${index}]`)] : []),
    `f${index} = ${value};`,
    ...(field.type.startsWith("text") ? [`if (f${index} === null) return badText(${index});`] : []),
    `p = ${offset} + ${size}; if (p > end) end = p;`,
  ].join(" ");
  if (!when) return [`let f${index};`, planned.scaleBy ? `{ ${assign} }` : assign];
  const skip = planned.offset === null || field.at === "next" ? "" : ` else p = ${offset} + ${size};`;
  return [`let f${index};`, `if (${conditionSource(when)}) { ${assign} }${skip}`];
}

function sampleLines(plan: FramePlan): string[] {
  const { count, fields, offset, stride } = plan.repeat!;
  const lines: string[] = [];
  if (fields.some(({ field }) => field.saturates)) lines.push("const ss = [];");
  fields.forEach((planned, index) => {
    if (planned.scaleBy) lines.push(scalingLines(planned, `d${index}`, `samples[${index}]`));
  });
  const start = offset ?? "p";
  const sampleAt = (base: number | string, which: string): string => {
    const values = fields.map((planned, index) => {
      const within = planned.offset ?? 0;
      const at = typeof base === "number" ? base + within : `${base} + ${within}`;
      // A 64-bit integer of a sample becomes a column of doubles: the frame table holds nothing else.
      const wide =
        planned.size === 8 &&
        planned.field.type !== "f64" &&
        !planned.scaleBy &&
        scalingOf(planned.field) === null;
      const value = valueExpression(planned, {
        planned: `samples[${index}]`,
        offset: at,
        saturated: `ss.push(${which})`,
        raw: null,
        scaling: planned.scaleBy ? `d${index}` : null,
      });
      return wide ? `number(${value})` : value;
    });
    const sample = `[${values.join(", ")}]`;
    return plan.derivedOfSample.length > 0 ? `extend(${sample})` : sample;
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
    badText: (index: number): string => `"${fields[index]!.field.name}" is not valid UTF-8`,
    noScale: (index: number, raw: unknown): string =>
      `the layout has no scale for ${String(raw)} in "${fields[index]!.field.name}"`,
    trailing: (left: number): string => `${left} bytes behind the last field`,
    badCount: (count: unknown, n: number): string =>
      `${String(count)} samples do not fit a frame of ${n} bytes`,
  };
}

/** Adds what is derived of a sample to it. */
export function sampleExtender(plan: FramePlan): (sample: (number | null)[]) => (number | null)[] {
  return (sample) => {
    for (const { derived, of } of plan.derivedOfSample) {
      sample.push(
        derivedValue(
          derived,
          of.map((place) => sample[place]),
        ) ?? null,
      );
    }
    return sample;
  };
}

/** Everything of a plan that stands in the source as it is; a number can't be code. */
function assertNumbers({ layout, fields, repeat, match, least }: FramePlan): void {
  const numbers = [
    layout.length ?? least,
    ...match.map(({ at }) => at),
    ...[...fields, ...(repeat?.fields ?? [])].flatMap(({ size, offset, field, when }) => [
      size,
      offset ?? 0,
      ...(field.bits ?? []),
      ...(when && "at" in when ? [when.at, when.bit, when.is] : []),
    ]),
    repeat?.offset ?? 0,
    repeat?.stride ?? 0,
    typeof repeat?.count === "object" || repeat?.count === "rest" ? 0 : (repeat?.count ?? 0),
  ];
  if (!numbers.every(Number.isSafeInteger)) throw new Error("layout: not checked");
}

/**
 * Compile a plan. Throws an Error for a layout that was not checked, and where the runtime refuses generated code: node
 * does with --disallow-code-generation-from-strings, a browser by its content security policy.
 */
export function compileFrameReader(plan: FramePlan): FrameReader {
  const given: Readonly<Record<string, unknown>> = {
    plan: plan.fields,
    samples: plan.repeat?.fields ?? [],
    derived: plan.derived,
    derive: derivedValue,
    extend: sampleExtender(plan),
    wide: signed64,
    bcd: decimalOfBcd,
    float: floatOfBits,
    double: doubleOfBits,
    same: sameBytes,
    text: paddedText,
    scaled: applyScaling,
    number: (value: number | bigint | null): number | null => (value === null ? null : Number(value)),
    ...frameComplaints(plan),
  };
  assertNumbers(plan);
  const source = `"use strict"; return function readFrame(b) {\n${frameReaderSource(plan)}\n};`;
  const make = new Function(...Object.keys(given), source) as (
    ...values: unknown[]
  ) => (bytes: Uint8Array) => Frame | string;
  return make(...Object.values(given));
}
