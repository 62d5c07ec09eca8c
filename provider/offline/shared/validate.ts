/** Checks and normalises inputs against a table of properties. */

import type { InputProperty, PropertyTable } from "./schema.ts";
import { inputsOf } from "./schema.ts";
import type { Value, ValueMap } from "./values.ts";
import { isValueMap, unknown } from "./values.ts";

/** What is wrong with one property, in the program's terms. */
export interface CheckFailure {
  /** Path of the property, for example `subject.streetAddresses[0]`. */
  readonly property: string;
  /** What is allowed. */
  readonly reason: string;
  /** What was received, where that helps; told to the user unless it is a secret. */
  readonly got?: Value;
}

/** Inputs in the kinds their table declares, and what is wrong with them. */
export interface Validation {
  readonly inputs: ValueMap;
  readonly failures: CheckFailure[];
}

/** Shows a received value in a message, shortened. */
const shown = (value: Value): string => {
  const rendered = JSON.stringify(value) ?? "nothing";
  return rendered.length > 80 ? `${rendered.slice(0, 77)}...` : rendered;
};

class Check {
  readonly failures: CheckFailure[] = [];

  fail(property: string, got: Value, reason: string): undefined {
    this.failures.push({ property, reason, got });
    return undefined;
  }

  table(properties: PropertyTable, given: ValueMap, prefix: string): ValueMap {
    const inputs: ValueMap = {};
    for (const [name, property] of inputsOf(properties)) {
      const path = prefix + name;
      const value = given[name];
      if (value === undefined || value === null) {
        if (property.required) {
          this.failures.push({ property: path, reason: `is required: ${property.description}` });
        }
        continue;
      }
      const converted = this.property(property, value, path);
      if (converted !== undefined) inputs[name] = converted;
    }
    return inputs;
  }

  private property(property: InputProperty, value: Value, path: string): Value {
    if (value === unknown) return unknown;
    const { type } = property;
    switch (type.kind) {
      case "list": {
        if (!Array.isArray(value)) return this.fail(path, value, "must be a list of strings");
        return value.map((item, index) => this.scalar(property, "string", item, `${path}[${index}]`));
      }
      case "map": {
        if (!isValueMap(value)) return this.fail(path, value, "must be a map of strings");
        return Object.fromEntries(
          Object.entries(value).map(([key, item]) => [
            key,
            this.scalar(property, "string", item, `${path}.${key}`),
          ]),
        );
      }
      case "record": {
        if (!isValueMap(value)) return this.fail(path, value, "must be an object");
        return this.table(type.fields, value, `${path}.`);
      }
      case "records":
        return this.fail(path, value, "can't be set");
      default:
        return this.scalar(property, type.kind, value, path);
    }
  }

  private scalar(
    property: InputProperty,
    kind: "string" | "integer" | "boolean",
    value: Value,
    path: string,
  ): Value {
    if (value === unknown) return unknown;
    if (value === undefined || value === null) return null;
    const converted = convert(kind, value);
    if (converted === undefined) return this.fail(path, value, kindNames[kind]);
    const allowed = property.allows?.(converted);
    if (allowed !== undefined) return this.fail(path, value, allowed);
    return converted;
  }
}

const kindNames = {
  string: "must be a string",
  integer: "must be a whole number",
  boolean: "must be true or false",
} as const;

/**
 * Programs in loosely typed languages send `"5"` for a number and `5` for a string; the real providers
 * accept both (pulumi-terraform-bridge, pkg/convert), but no string for a boolean.
 */
const convert = (kind: "string" | "integer" | "boolean", value: Value): Value => {
  switch (kind) {
    case "string":
      if (typeof value === "boolean" || typeof value === "number") return String(value);
      return typeof value === "string" ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "integer": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
    }
  }
};

/**
 * Checks the inputs of a resource or function.
 * @param given decoded inputs; ones that are not in the table are ignored, as the real providers do
 */
export const validateInputs = (
  properties: PropertyTable,
  given: ValueMap,
  checkTogether?: (inputs: ValueMap) => CheckFailure[],
): Validation => {
  const check = new Check();
  const inputs = check.table(properties, given, "");
  const failures = check.failures;
  if (failures.length === 0 && checkTogether) failures.push(...checkTogether(inputs));
  return { inputs, failures };
};

/** The property at the root of a path. */
const rootOf = (path: string): string => path.replace(/[.[].*$/s, "");

/**
 * Tells each failure in a line that starts with the property and ends with what was received.
 * @param secrets names of properties the program marked as secret; those declared secret are so anyway
 */
export const failureLines = (
  failures: readonly CheckFailure[],
  properties: PropertyTable,
  secrets: ReadonlySet<string>,
): string[] =>
  failures.map(({ property, reason, got }) => {
    const root = rootOf(property);
    const secret = secrets.has(root) || properties[root]?.secret === true;
    const received = got === undefined ? "" : `; got ${secret ? "a secret value" : shown(got)}`;
    return `${property}: ${reason}${received}`;
  });

/** Allows whole numbers from `least` to `most`. */
export const between =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (value: Value): string | undefined => {
    if (typeof value === "number" && value >= least && value <= most) return undefined;
    return most === Number.MAX_SAFE_INTEGER
      ? `must be at least ${least}`
      : `must be from ${least} to ${most}`;
  };

/** Allows the listed strings. */
export const oneOf =
  (...allowed: readonly string[]) =>
  (value: Value): string | undefined =>
    typeof value === "string" && allowed.includes(value)
      ? undefined
      : `must be one of ${allowed.map((item) => `"${item}"`).join(", ")}`;
