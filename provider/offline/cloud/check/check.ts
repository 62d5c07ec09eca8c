/** Checks inputs against an SDK's schema. Values are in the engine's encoding; what is not known yet passes. */

import {
  archiveSignature,
  assetSignature,
  isWireMap,
  isWireSecret,
  isWireUnknown,
  signatureOf,
} from "../../shared/values.ts";
import type { ObjectSchema, PropertySchema, TypeExpression } from "../sdk/schema.ts";
import type { Finding } from "./findings.ts";
import { childPath, nearest, oneOfText, shown } from "./findings.ts";

/** What checking found. */
export interface CheckResult {
  /** What the cloud would refuse, or the SDK's types do not allow. */
  readonly failures: readonly Finding[];
  /** What only the documentation speaks against. */
  readonly warnings: readonly Finding[];
}

/** Properties, and the named objects they use. */
export interface Checkable {
  readonly inputs: ObjectSchema;
  readonly objects: Readonly<Record<string, ObjectSchema>>;
}

/** Values of enumerations, by the SDK's name of each. */
export type Corrections = ReadonlyMap<string, readonly string[]>;

/** The engine and the providers keep notes of their own beside the properties. */
const isNote = (name: string): boolean => name.startsWith("__");

/**
 * Checks named inputs.
 * @param corrected values of enumerations that the SDK has wrong, by the SDK's name of each
 */
export const checkInputs = (
  schema: Checkable,
  inputs: Readonly<Record<string, unknown>>,
  corrected: Corrections = new Map(),
): CheckResult => {
  const run = new Check(schema, corrected);
  run.object(schema.inputs, inputs, "", false);
  return run;
};

class Check implements CheckResult {
  readonly failures: Finding[] = [];
  readonly warnings: Finding[] = [];
  readonly #schema: Checkable;
  readonly #corrected: Corrections;

  constructor(schema: Checkable, corrected: Corrections) {
    this.#schema = schema;
    this.#corrected = corrected;
  }

  object(
    properties: ObjectSchema,
    given: Readonly<Record<string, unknown>>,
    path: string,
    secret: boolean,
  ): void {
    for (const [name, property] of Object.entries(properties)) {
      const value = given[name];
      const at = childPath(path, name);
      if (value === undefined || value === null) {
        if (property.required) this.failures.push({ path: at, reason: "is required and missing" });
      } else this.#property(property, value, at, secret);
    }
    for (const name of Object.keys(given)) {
      if (name in properties || isNote(name) || given[name] === undefined || given[name] === null) continue;
      const meant = nearest(name, Object.keys(properties));
      const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
      this.failures.push({ path: childPath(path, name), reason: `is no property of this type${hint}` });
    }
  }

  #property(property: PropertySchema, value: unknown, path: string, secret: boolean): void {
    if (property.deprecated !== undefined) {
      this.warnings.push({ path, reason: `is deprecated: ${property.deprecated}` });
    }
    this.#value(property.type, value, path, secret);
    if (property.documentedValues) this.#documented(property.documentedValues, value, path, secret);
  }

  #value(type: TypeExpression, wrapped: unknown, path: string, inSecret: boolean): void {
    const secret = inSecret || isWireSecret(wrapped);
    const value = isWireSecret(wrapped) ? wrapped.value : wrapped;
    if (isWireUnknown(value) || type === "any") return;
    const fail = (reason: string): void => {
      this.failures.push({ path, reason, received: secret ? "a secret value" : shown(value) });
    };
    if (typeof type === "string") {
      if (!isOfKind(type, value)) fail(`must be ${kindNames[type]}`);
    } else if ("list" in type) {
      if (!Array.isArray(value)) return fail("must be a list");
      value.forEach((item, index) => this.#item(type.list, item, `${path}[${index}]`, secret));
    } else if ("map" in type) {
      if (!isPlainMap(value)) return fail("must be a map");
      for (const [key, item] of Object.entries(value)) {
        if (!isNote(key)) this.#item(type.map, item, childPath(path, key), secret);
      }
    } else if ("object" in type) {
      if (!isPlainMap(value)) return fail("must be an object");
      this.object(this.#schema.objects[type.object] ?? {}, value, path, secret);
    } else if ("oneOf" in type) this.#alternative(type.oneOf, value, path, secret);
    else {
      const { name = "", values: known } = type.enumeration;
      const values = this.#corrected.get(name) ?? known;
      if (!values.some((allowed) => allowed === value)) fail(oneOfText(values, secret ? "" : value));
    }
  }

  #item(type: TypeExpression, value: unknown, path: string, secret: boolean): void {
    if (value !== undefined && value !== null) this.#value(type, value, path, secret);
  }

  /** Of several types, what is told is what is wrong with the one that fits best. */
  #alternative(types: readonly TypeExpression[], value: unknown, path: string, secret: boolean): void {
    const tries = types.map((type) => {
      const attempt = new Check(this.#schema, this.#corrected);
      attempt.#value(type, value, path, secret);
      return { type, attempt };
    });
    const fitting = tries.filter(({ type }) => this.#discriminates(type, value));
    const candidates = fitting.length > 0 ? fitting : tries;
    const [best] = candidates.sort(
      (left, right) => left.attempt.failures.length - right.attempt.failures.length,
    );
    if (!best) return;
    this.failures.push(...best.attempt.failures);
    this.warnings.push(...best.attempt.warnings);
  }

  /** Whether an object's fixed values (`kind: "blob"`) are those of the type. */
  #discriminates(type: TypeExpression, value: unknown): boolean {
    if (typeof type === "string" || !("object" in type) || !isPlainMap(value)) return false;
    const fixed = Object.entries(this.#schema.objects[type.object] ?? {}).flatMap(
      ([name, { type: of, required }]) =>
        required && typeof of === "object" && "enumeration" in of && of.enumeration.name === undefined
          ? [[name, of.enumeration.values[0]] as const]
          : [],
    );
    return fixed.length > 0 && fixed.every(([name, expected]) => value[name] === expected);
  }

  #documented(values: readonly string[], given: unknown, path: string, inSecret: boolean): void {
    const secret = inSecret || isWireSecret(given);
    const value = isWireSecret(given) ? given.value : given;
    if (Array.isArray(value)) {
      value.forEach((item, index) => this.#documented(values, item, `${path}[${index}]`, secret));
    } else if (typeof value === "string" && !isWireUnknown(value) && !secret) {
      if (values.some((allowed) => normal(allowed) === normal(value))) return;
      const reason = `${oneOfText(values, value)}, says the documentation`;
      this.warnings.push({ path, reason, received: shown(value) });
    }
  }
}

/** The documentation's generator rewrites what looks like a name (`x86_64` to `x8664`). */
const normal = (value: string): string => value.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

const kindNames = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  asset: "an asset (a file or text)",
  archive: "an archive (a folder, zip file or set of assets)",
} as const;

const isPlainMap = (value: unknown): value is Record<string, unknown> =>
  isWireMap(value) && signatureOf(value) === undefined;

const isOfKind = (kind: keyof typeof kindNames, value: unknown): boolean => {
  switch (kind) {
    case "asset":
      return signatureOf(value) === assetSignature;
    case "archive":
      return signatureOf(value) === archiveSignature;
    default:
      return typeof value === kind;
  }
};
