/** Policy documents, which a program may give as JSON text or as an object. */

import type { ResourceSchema, TypeExpression } from "../cloud/sdk/schema.ts";
import type { WireMap } from "../shared/values.ts";
import {
  fromWire,
  holdsSecret,
  holdsUnknown,
  isWireMap,
  openedWire,
  unknownSentinel,
  wireSecret,
} from "../shared/values.ts";

/** Inputs with every policy document as text, the form in which AWS takes it. */
export const withPolicyText = (schema: ResourceSchema, inputs: WireMap): WireMap =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const type = schema.inputs[name]?.type;
      const isObject = isWireMap(openedWire(value));
      return [name, type !== undefined && isObject && takesTextOrObject(type) ? asText(value) : value];
    }),
  );

const takesTextOrObject = (type: TypeExpression): boolean =>
  typeof type === "object" &&
  "oneOf" in type &&
  type.oneOf.includes("string") &&
  type.oneOf.some((option) => typeof option === "object" && "object" in option);

const asText = (value: unknown): unknown => {
  const document = fromWire(value);
  if (holdsUnknown(document)) return unknownSentinel;
  const text = JSON.stringify(document);
  return holdsSecret(value) ? wireSecret(text) : text;
};

/** Whether two texts are the same JSON document, whatever the order of its names and its spaces. */
export const sameJson = (old: unknown, next: unknown): boolean => {
  const [left, right] = [parsed(old), parsed(next)];
  return left !== undefined && right !== undefined && canonical(left) === canonical(right);
};

const parsed = (text: unknown): unknown => {
  if (typeof text !== "string" || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    isWireMap(item)
      ? Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)))
      : item,
  );
