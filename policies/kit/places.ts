/** One way to say where in a resource a property is, also in lists and in structures that may be left out. */
import { shown, unknown } from "./value.ts";
import { isAbsent, isArray } from "./value.ts";
import { fail, type Check } from "./verdict.ts";
import type { View } from "./view.ts";

/**
 * The checks of every place that a path means: `a.b` a property of a structure, `a[].b` of every element of a list,
 * `a?.b` and `a[]?.b` only where `a` is there, `a.b?` only where `b` is. What is not known is handed to the check,
 * which knows whether what it is made of tells enough.
 */
export function everyPlace(
  view: View,
  path: string,
  check: (place: View, property: string) => readonly Check[],
): readonly Check[] {
  const [step = "", ...rest] = path.split(".");
  const name = step.replace(/(\[\])?\??$/, "");
  const value = view.value(name);
  if (step.endsWith("?") && isAbsent(value)) return [];
  if (rest.length === 0 && !step.includes("[]")) return check(view, name);
  const inside = (place: View) =>
    rest.length === 0 ? check(place, "") : everyPlace(place, rest.join("."), check);
  if (!step.includes("[]") || value === unknown) return inside(view.part(name));
  const items = view.items(name);
  if (items.length > 0) return items.flatMap(inside);
  return step.endsWith("?") && isArray(value) ? [] : [fail(view.path(name), shown(value), "at least one")];
}

/** Several paths, all of which must hold. */
export function everyPlaceOf(
  view: View,
  paths: string | readonly string[],
  check: (place: View, property: string) => readonly Check[],
): readonly Check[] {
  return [paths].flat().flatMap((path) => everyPlace(view, path, check));
}
