/** Cases of a rule made from one right resource and what weakens it, one property at a time. */
import { foreignKeys, key, keyArn } from "./aws.ts";
import type { Cases, Stack } from "./cases.ts";
import { notKnownYet, resource, type Written } from "./stack.ts";

/** Marks a place of a key: tried with every key that is not the customer's. */
export const ownKeyHere = Symbol("key");

export interface Weakening {
  readonly token: string;
  /** Right as they are. */
  readonly inputs: object;
  readonly name?: string;
  readonly outputs?: object;
  /** Besides the key, which is always there. */
  readonly others?: readonly Written[];
  /** Values that are wrong, by path (`rules[0].days`). Absence is wrong as well, and an unknown value is left open. */
  readonly weak?: Readonly<Record<string, readonly unknown[] | typeof ownKeyHere>>;
  /** As `weak`, where absence is right. */
  readonly optional?: Readonly<Record<string, readonly unknown[] | typeof ownKeyHere>>;
  /** Whole other inputs that are right, wrong. */
  readonly alsoRight?: readonly object[];
  readonly alsoWrong?: readonly object[];
}

export function weakened(given: Weakening, more: Partial<Cases> = {}): Cases {
  const {
    token,
    inputs,
    outputs,
    others = [],
    weak = {},
    optional = {},
    alsoRight = [],
    alsoWrong = [],
  } = given;
  const extras = {
    ...(given.name === undefined ? {} : { name: given.name }),
    ...(outputs === undefined ? {} : { outputs }),
  };
  const stack = (changed: object, from: Readonly<Record<string, readonly string[]>> = {}): Stack => [
    key(),
    ...others,
    resource(token, changed, { ...extras, from }),
  ];
  const places = Object.entries({ ...weak, ...optional });
  const keys = places.filter(([, values]) => values === ownKeyHere).map(([path]) => path);
  const safeToOmit = Object.keys(optional).map((path) => without(inputs, path));
  return {
    compliant: [
      stack(inputs),
      ...alsoRight.map((one) => stack(one)),
      ...safeToOmit.map((one) => stack(one)),
      // What a preview sees of a key of the same stack.
      ...keys.map((path) => stack(set(inputs, path, notKnownYet), { [topLevel(path)]: ["key"] })),
      ...(more.compliant ?? []),
    ],
    violating: [
      ...places.flatMap(([path, values]) =>
        (values === ownKeyHere ? foreignKeys : values).map((value) => stack(set(inputs, path, value))),
      ),
      ...places.map(([path]) => [
        key(),
        ...others,
        resource(token, inputs, { ...extras, ignoreChanges: [topLevel(path)] }),
      ]),
      ...alsoWrong.map((one) => stack(one)),
      ...(more.violating ?? []),
    ],
    absent:
      more.absent ??
      (Object.keys(weak).length === 0
        ? "is right"
        : Object.keys(weak).map((path) => stack(without(inputs, path)))),
    unknown: more.unknown ?? places.map(([path]) => stack(set(inputs, path, notKnownYet))),
  };
}

/** The commonest of them: a property names a key. */
export const keyed = (
  token: string,
  path: string,
  inputs: object = {},
  beside: Weakening["weak"] = {},
  alsoWrong: readonly object[] = [],
): Cases =>
  weakened({
    token,
    inputs: set(inputs, path, keyArn),
    weak: { [path]: ownKeyHere, ...beside },
    alsoWrong,
  });

const steps = (path: string): string[] => path.match(/[^.[\]]+/g) ?? [];
const topLevel = (path: string): string => steps(path)[0] ?? path;

/** A copy with another value at a path; structures on the way are made. */
export function set(inputs: object, path: string, value: unknown): object {
  return change(inputs, steps(path), (holder, key) => {
    holder[key] = value;
  });
}

export function without(inputs: object, path: string): object {
  return change(inputs, steps(path), (holder, key) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  });
}

function change(
  inputs: object,
  path: readonly string[],
  act: (holder: Record<string, unknown>, key: string) => void,
): object {
  const copy = structuredClone(inputs) as Record<string, unknown>;
  let holder = copy;
  path.slice(0, -1).forEach((step, index) => {
    holder[step] ??= /^\d+$/.test(path[index + 1] ?? "") ? [] : {};
    holder = holder[step] as Record<string, unknown>;
  });
  const last = path.at(-1);
  if (last !== undefined) act(holder, last);
  return copy;
}
