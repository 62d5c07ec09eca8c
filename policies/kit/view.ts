/** How a rule looks at a resource: every question has a three-valued answer, and what is absent is wrong. */
import { topLevel, valueAt, type Resource } from "./graph.ts";
import { isAbsent, isArray, isObject, sealed, shown, unknown, type Value } from "./value.ts";
import { fail, pass, undetermined, type Check } from "./verdict.ts";

export class View {
  readonly resource: Resource;
  readonly #value: Value;
  readonly #path: string;

  private constructor(resource: Resource, value: Value, path: string) {
    this.resource = resource;
    this.#value = value;
    this.#path = path;
  }

  static of(resource: Resource): View {
    return new View(resource, resource.inputs, "");
  }

  /** The path as the program would write it. */
  path(path: string): string {
    if (this.#path === "") return path;
    return path === "" ? this.#path : `${this.#path}${path.startsWith("[") ? "" : "."}${path}`;
  }

  value(path: string): Value {
    return this.#value === unknown ? unknown : valueAt(this.#value, path);
  }

  /** A part of the resource as a view of its own; unknown or absent parts answer every question accordingly. */
  part(path: string): View {
    return new View(this.resource, this.value(path), this.path(path));
  }

  /** Right where the test holds for a value that is known; text that a test can't read is wrong. */
  test(path: string, holds: (value: Value) => boolean, allowed?: string): Check {
    const value = this.value(path);
    const property = this.path(path);
    // Whatever it is, and also where that is not known yet: it would stay.
    if (isFrozen(this.resource, property)) {
      return fail(property, `${shown(value)}, and changes of it are ignored (ignoreChanges)`, allowed);
    }
    if (value === unknown) return undetermined(property);
    if (value === sealed) return undetermined(property, "a secret");
    return holds(value) ? pass(property, shown(value)) : fail(property, shown(value), allowed);
  }

  isTrue(path: string): Check {
    return this.test(path, (value) => value === true || value === "true", "true");
  }

  /** For what is safe unless it is switched on. */
  notTrue(path: string): Check {
    return this.test(
      path,
      (value) => isAbsent(value) || value === false || value === "false",
      "false, or absent",
    );
  }

  /** For what is safe unless it is switched off. */
  notFalse(path: string): Check {
    return this.test(
      path,
      (value) => isAbsent(value) || value === true || value === "true",
      "true, or absent",
    );
  }

  oneOf(path: string, allowed: readonly (string | number)[]): Check {
    return this.test(path, (value) => allowed.some((one) => one === value), allowed.join(", "));
  }

  /** As {@link oneOf}, whatever the case: some services spell one enumeration in several ways. */
  oneOfAnyCase(path: string, allowed: readonly string[]): Check {
    const lower = allowed.map((one) => one.toLowerCase());
    return this.test(
      path,
      (value) => typeof value === "string" && lower.includes(value.toLowerCase()),
      allowed.join(", "),
    );
  }

  absentOr(path: string, allowed: readonly (string | number | boolean)[]): Check {
    return this.test(
      path,
      (value) => isAbsent(value) || allowed.some((one) => one === value),
      [...allowed, "absent"].join(", "),
    );
  }

  /** There, and not empty. Presence is known even where the value is not. */
  present(path: string): Check {
    const value = this.value(path);
    const isThere = !isAbsent(value) && !(isArray(value) && value.length === 0);
    const property = this.path(path);
    if (isFrozen(this.resource, property)) return this.test(path, () => false, "a value");
    return isThere ? pass(property, shown(value)) : fail(property, shown(value), "a value");
  }

  absent(path: string): Check {
    return this.test(path, (value) => isAbsent(value) || (isArray(value) && value.length === 0), "absent");
  }

  atLeast(path: string, least: number): Check {
    return this.test(path, (value) => Number(value) >= least && !isAbsent(value), `${least} or more`);
  }

  atMost(path: string, most: number): Check {
    return this.test(path, (value) => Number(value) <= most && !isAbsent(value), `${most} or less`);
  }

  /** Every element, or the one structure that stands in a list's place. Empty where there is none or it is unknown. */
  items(path: string): readonly View[] {
    const value = this.value(path);
    if (isArray(value)) {
      return value.map((item, index) => new View(this.resource, item, this.path(`${path}[${index}]`)));
    }
    return isObject(value) ? [this.part(path)] : [];
  }

  /** The checks of every element; a list that is absent or empty is wrong. */
  every(path: string, check: (item: View) => readonly Check[]): readonly Check[] {
    const value = this.value(path);
    if (value === unknown) return [undetermined(this.path(path))];
    const items = this.items(path);
    if (items.length === 0) return [fail(this.path(path), shown(value), "at least one")];
    return items.flatMap(check);
  }

  /** As {@link every}, where it is right that there is none. */
  everyIfAny(path: string, check: (item: View) => readonly Check[]): readonly Check[] {
    const value = this.value(path);
    return isAbsent(value) || (isArray(value) && value.length === 0) ? [] : this.every(path, check);
  }

  /** A JSON document, given as text or as a structure. */
  document(path: string): { readonly value: Value; readonly check: Check } {
    const value = this.value(path);
    const property = this.path(path);
    if (isFrozen(this.resource, property)) return { value: undefined, check: this.test(path, () => false) };
    if (value === unknown || value === sealed) return { value, check: undetermined(property) };
    if (typeof value !== "string") {
      const isThere = isObject(value) || isArray(value);
      return {
        value,
        check: isThere ? pass(property, shown(value)) : fail(property, shown(value), "a JSON document"),
      };
    }
    try {
      return { value: JSON.parse(value) as Value, check: pass(property, "a JSON document") };
    } catch {
      return { value: undefined, check: fail(property, "text that is not JSON", "a JSON document") };
    }
  }

  /** What a JSON document holds, as a view of its own. */
  parsed(path: string): View {
    return new View(this.resource, this.document(path).value, this.path(path));
  }

  topLevel(path: string): string {
    return topLevel(this.path(path));
  }
}

/** `ignoreChanges` would keep an old, weaker value for ever. */
export const isFrozen = ({ ignoredChanges }: Resource, property: string): boolean =>
  ignoredChanges.some(
    (ignored) => ignored === "*" || isWithin(property, ignored) || isWithin(ignored, property),
  );

/** Whether a path is another one or lies below it. */
const isWithin = (path: string, other: string): boolean =>
  path.startsWith(other) && /^([.[]|$)/.test(path.slice(other.length));
