/** One declared field of a record: its value, as the type that the profile has. */

import { Fault, shown } from "../fault.ts";
import { applyScaling, scalingOf, type Scaling } from "../normalise/scaling.ts";
import type { MappedField } from "../profiles/mapping.ts";
import type { MessageRows } from "../rows.ts";
import { TreeTime, timeText } from "../tree.ts";
import { metricOfPath, parseTreePath, valueAt, type TreePath } from "./mapping-path.ts";

/** Makes of a text what a field of a type can hold; undefined where it is no such value. For formats of texts alone. */
export type TextReader = (text: string, type: NonNullable<MappedField["type"]>) => unknown;

export interface PlannedField {
  readonly field: MappedField;
  readonly path: TreePath;
  readonly metric: string;
  readonly unit: string | null;
  readonly scaling: Scaling | null;
  /** Values that mean "no reading"; null for none. */
  readonly none: ReadonlySet<unknown> | null;
}

/** Throws an Error for a path that makes no metric. */
export function planField(field: MappedField): PlannedField {
  const path = parseTreePath(field.path);
  const metric =
    field.metric ?? metricOfPath(path.slice(path.findLastIndex((step) => typeof step === "string")));
  CHECKED: if (metric === null)
    throw new Error(`field "${field.path}": its last key makes no metric; state one`);
  const none = field.none === undefined ? null : new Set<unknown>([field.none].flat());
  return { field, path, metric, unit: field.unit ?? null, scaling: scalingOf(field), none };
}

export function writeField(
  planned: PlannedField,
  record: unknown,
  subDevice: string | null,
  rows: MessageRows,
  texts: TextReader | null,
): void {
  const { field, metric, unit } = planned;
  const type = field.type ?? "double";
  let value = valueAt(record, planned.path);
  if (value === undefined || (value === "" && texts !== null)) {
    if (field.required) rows.problems.add(new Fault("schema", `${field.path} is missing`));
    return;
  }
  // JSON has no NaN: encoders write null for it, and for a sensor that has nothing to say.
  if (value === null || planned.none?.has(value)) {
    rows.missing(subDevice, metric, unit);
    return;
  }
  const given = value;
  if (texts !== null && typeof value === "string") {
    value = texts(value, type);
    if (value !== undefined && planned.none?.has(value)) {
      rows.missing(subDevice, metric, unit);
      return;
    }
  }
  switch (type) {
    case "double":
      if (value instanceof TreeTime) value = value.micros / 1_000_000;
      if (typeof value === "number" || typeof value === "bigint") {
        const { scaling } = planned;
        rows.double(subDevice, metric, unit, scaling === null ? Number(value) : applyScaling(value, scaling));
        return;
      }
      break;
    case "int":
      if (value instanceof TreeTime) value = value.micros;
      if (typeof value === "bigint" || Number.isSafeInteger(value)) {
        rows.integer(subDevice, metric, unit, value as number | bigint);
        return;
      }
      break;
    case "bool":
      if (typeof value === "boolean") {
        rows.bool(subDevice, metric, value);
        return;
      }
      break;
    case "text":
      if (value instanceof TreeTime) value = timeText(value);
      if (typeof value === "string") {
        rows.text(subDevice, metric, unit, value);
        return;
      }
      break;
    case "bytes":
      if (value instanceof Uint8Array) {
        rows.bytes(subDevice, metric, value);
        return;
      }
      break;
  }
  rows.problems.add(new Fault("schema", `${field.path} is ${shown(given)}, the profile has ${type}`));
}
