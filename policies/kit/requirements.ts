/**
 * What a rule asks, said and not programmed: each function names places (see places.ts) and what must hold there. The
 * three-valued answers, absence and `ignoreChanges` are dealt with below.
 */
import type { Context } from "./context.ts";
import type { Resource } from "./graph.ts";
import { ownKey } from "./own-key-aws.ts";
import { everyPlaceOf } from "./places.ts";
import { isAbsent, type Value } from "./value.ts";
import { anyOf, fail, pass, undetermined, type Check } from "./verdict.ts";
import { isFrozen, type View } from "./view.ts";

export type Requirement = (view: View, context: Context) => readonly Check[];
export type Places = string | readonly string[];
type Look = (place: View, property: string, context: Context) => Check;

export const everywhere =
  (places: Places, look: Look): Requirement =>
  (view, context) =>
    everyPlaceOf(view, places, (place, property) => [look(place, property, context)]);

export const isTrue = (places: Places) => everywhere(places, (view, path) => view.isTrue(path));
/** For what is safe unless it is switched on. */
export const notTrue = (places: Places) => everywhere(places, (view, path) => view.notTrue(path));
/** For what is safe unless it is switched off. */
export const notFalse = (places: Places) => everywhere(places, (view, path) => view.notFalse(path));
export const present = (places: Places) => everywhere(places, (view, path) => view.present(path));
export const absent = (places: Places) => everywhere(places, (view, path) => view.absent(path));
export const isOneOf = (places: Places, allowed: readonly (string | number)[]) =>
  everywhere(places, (view, path) => view.oneOf(path, allowed));
export const isOneOfAnyCase = (places: Places, allowed: readonly string[]) =>
  everywhere(places, (view, path) => view.oneOfAnyCase(path, allowed));
export const isAbsentOr = (places: Places, allowed: readonly (string | number | boolean)[]) =>
  everywhere(places, (view, path) => view.absentOr(path, allowed));
export const isAtLeast = (places: Places, least: number) =>
  everywhere(places, (view, path) => view.atLeast(path, least));
export const isAtMost = (places: Places, most: number) =>
  everywhere(places, (view, path) => view.atMost(path, most));
/** The value passes a test of the rule's own; `allowed` says in words which do. */
export const holds = (places: Places, test: (value: Value) => boolean, allowed: string) =>
  everywhere(places, (view, path) => view.test(path, test, allowed));
/** Text of a pattern. */
export const isLike = (places: Places, pattern: RegExp, allowed: string) =>
  holds(places, (value) => typeof value === "string" && pattern.test(value), allowed);
/** Text not of a pattern, or nothing at all. */
export const notLike = (places: Places, pattern: RegExp, allowed: string) =>
  holds(places, (value) => isAbsent(value) || !pattern.test(String(value)), allowed);
/** An address that is only reached through TLS. */
export const isHttps = (places: Places) => isLike(places, /^https:\/\//i, "an https:// address");
export const hasOwnKey = (places: Places) =>
  everywhere(places, (view, path, context) => ownKey(view, context, path));

export const all =
  (...requirements: readonly Requirement[]): Requirement =>
  (view, context) =>
    requirements.flatMap((requirement) => requirement(view, context));

/** One of them is enough; what is found wrong is told in terms of the first. */
export const either =
  (...requirements: readonly Requirement[]): Requirement =>
  (view, context) =>
    anyOf(...requirements.map((requirement) => requirement(view, context)));

/** Asked only where a property has one of some values; where that is not known, nothing is wrong yet. */
export const where =
  (property: string, test: (value: Value) => boolean, requirement: Requirement): Requirement =>
  (view, context) => {
    const value = view.value(property);
    const checks = typeof value === "symbol" || test(value) ? requirement(view, context) : [];
    if (typeof value !== "symbol") return checks;
    return checks.map((check) => (check.outcome === "fail" ? undetermined(check.property) : check));
  };

/** Of a JSON document in a property, given as text or as a structure. */
export const inDocument =
  (property: string, requirement: Requirement): Requirement =>
  (view, context) => {
    const { check } = view.document(property);
    return check.outcome === "pass" ? requirement(view.parsed(property), context) : [check];
  };

/** The property refers to a resource of this stack of one of the types. */
export const refersTo = (places: Places, types: readonly string[], what: string) =>
  everywhere(places, (view, path, { graph }) => {
    const property = view.path(path);
    const value = view.value(path);
    const { found, isOpen } = graph.referred(view.resource, property, types, value);
    const settled = view.test(path, () => true, what);
    if (settled.outcome === "fail") return settled;
    if (found.length > 0) return pass(property, found.map(({ name }) => name).join(", "));
    return isOpen ? undetermined(property) : view.test(path, () => false, what);
  });

/** A companion whose reference is never changed stays with what it was made for, whatever the program says now. */
export const frozenReferences = (found: readonly Resource[], reference: string): readonly Check[] =>
  found
    .filter((companion) => isFrozen(companion, reference))
    .map(({ name }) => fail(`${name}.${reference}`, "changes of it are ignored (ignoreChanges)"));

/** Some resource of the types refers to this one by a property of its own, and does so rightly. */
export const hasCompanion =
  (types: readonly string[], reference: string, what: string, requirement?: Requirement): Requirement =>
  (view, context) => {
    const { found, isOpen } = context.graph.referring(view.resource, types, reference);
    const frozen = frozenReferences(found, reference);
    if (frozen.length > 0) return frozen;
    if (found.length === 0)
      return [isOpen ? undetermined("", `waiting for ${what}`) : fail("", `without ${what}`)];
    if (requirement === undefined) return [pass("", `with ${found.map(({ name }) => name).join(", ")}`)];
    return found.flatMap((resource) =>
      requirement(context.view(resource), context).map((check) => ({
        ...check,
        property: `${resource.name}.${check.property}`,
      })),
    );
  };
