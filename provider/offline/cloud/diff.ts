/** What changes between two sets of inputs, down to single values, and what of it makes a new resource. */

import { isWireMap, isWireUnknown, openedWire, signatureOf } from "../shared/values.ts";
import type { Difference, PropertyChange } from "../shared/service.ts";
import { childPath } from "./check/findings.ts";
import type { ObjectSchema, ResourceSchema, TypeExpression } from "./sdk/schema.ts";

/**
 * Whether a change of a property makes a new resource; null where what the SDK's documentation says stands.
 * @param path without positions in lists: `ebsBlockDevices.kmsKeyId`
 */
export type ReplacementRule = (path: string) => boolean | null;

/** Whether two values mean the same to the cloud, although they are not the same. */
export type Equivalence = (path: string, old: unknown, next: unknown) => boolean;

/** Compares the inputs of a resource. */
export const compareInputs = (
  schema: ResourceSchema,
  olds: Readonly<Record<string, unknown>>,
  news: Readonly<Record<string, unknown>>,
  replaces: ReplacementRule,
  equivalent: Equivalence,
): Difference => {
  const details: Record<string, PropertyChange> = {};

  const object = (
    properties: ObjectSchema,
    old: Readonly<Record<string, unknown>>,
    next: Readonly<Record<string, unknown>>,
    path: string,
    plain: string,
    replacing: boolean,
  ): void => {
    for (const name of new Set([...Object.keys(old), ...Object.keys(next)])) {
      if (name.startsWith("__")) continue;
      const plainPath = plain === "" ? name : `${plain}.${name}`;
      const property = properties[name];
      value(
        property?.type ?? "any",
        old[name],
        next[name],
        childPath(path, name),
        plainPath,
        replacing || (replaces(plainPath) ?? property?.replaces === true),
      );
    }
  };

  const value = (
    type: TypeExpression,
    oldValue: unknown,
    nextValue: unknown,
    path: string,
    plain: string,
    replacing: boolean,
  ): void => {
    const [old, next] = [openedWire(oldValue) ?? undefined, openedWire(nextValue) ?? undefined];
    if (sameWire(old, next) || equivalent(plain, old, next)) return;
    if (old === undefined || next === undefined || isWireUnknown(next)) {
      const kind = old === undefined ? "add" : next === undefined ? "delete" : "update";
      details[path] = { kind, replaces: replacing };
    } else if (Array.isArray(old) && Array.isArray(next)) {
      const item = typeof type === "object" && "list" in type ? type.list : "any";
      for (let index = 0; index < Math.max(old.length, next.length); index += 1) {
        value(item, old[index], next[index], `${path}[${index}]`, plain, replacing);
      }
    } else if (isPlain(old) && isPlain(next)) {
      object(propertiesOf(schema, type, next), old, next, path, plain, replacing);
    } else details[path] = { kind: "update", replaces: replacing };
  };

  object(schema.inputs, olds, news, "", "", false);
  const roots = (entries: [string, PropertyChange][]): string[] =>
    [...new Set(entries.map(([path]) => path.replace(/[.[].*$/s, "")))].sort();
  const entries = Object.entries(details);
  return {
    changes: roots(entries),
    replaces: roots(entries.filter(([, { replaces: replacing }]) => replacing)),
    details,
  };
};

const isPlain = (value: unknown): value is Record<string, unknown> =>
  isWireMap(value) && signatureOf(value) === undefined;

/** The properties of a value of a type; of several types, those of all objects together. */
const propertiesOf = (schema: ResourceSchema, type: TypeExpression, value: unknown): ObjectSchema => {
  if (typeof type === "string") return {};
  if ("object" in type) return schema.objects[type.object] ?? {};
  if ("oneOf" in type) {
    return Object.assign(
      {},
      ...type.oneOf.map((option) => propertiesOf(schema, option, value)),
    ) as ObjectSchema;
  }
  if (!("map" in type) || !isWireMap(value)) return {};
  return Object.fromEntries(Object.keys(value).map((key) => [key, { type: type.map }]));
};

/** Whether two values are the same; secrets are compared by what is in them, files by their hash. */
export const sameWire = (oldValue: unknown, nextValue: unknown): boolean => {
  const [old, next] = [openedWire(oldValue), openedWire(nextValue)];
  if (isWireUnknown(old) || isWireUnknown(next)) return false;
  if (Array.isArray(old)) {
    return (
      Array.isArray(next) &&
      old.length === next.length &&
      old.every((item, index) => sameWire(item, next[index]))
    );
  }
  if (!isWireMap(old)) return (old ?? undefined) === (next ?? undefined);
  if (!isWireMap(next)) return false;
  if (
    signatureOf(old) !== undefined &&
    signatureOf(old) === signatureOf(next) &&
    old["hash"] &&
    next["hash"]
  ) {
    return old["hash"] === next["hash"];
  }
  const names = new Set([...Object.keys(old), ...Object.keys(next)].filter((name) => !name.startsWith("__")));
  return [...names].every((name) => sameWire(old[name], next[name]));
};
