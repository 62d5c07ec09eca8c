/**
 * Weaker copies of resources, one property at a time: every property in every direction that a text, a number, a switch
 * or a structure has. Nothing is left out here; what makes nothing weaker is told by harmless.ts, each with its reason.
 */
import type { Resource } from "../../../policies/kit/graph.ts";
import { isArray, isObject, type Properties, type Value } from "../../../policies/kit/value.ts";
import { loosened } from "./statements.ts";
import { weakerTexts } from "./words.ts";

export interface Mutant {
  readonly resource: Resource;
  /** `a.b[].c`, without numbers; empty for the resource as a whole. */
  readonly path: string;
  /** What stood there, as JSON; empty for the resource as a whole. */
  readonly was: string;
  /** What was done: `absent`, `"TLS1_0"`, `no denial`. */
  readonly how: string;
  /** Null: the resource is not there. */
  readonly inputs: Properties | null;
}

export const nameOf = ({ resource, path, how }: Mutant): string =>
  `${resource.name} (${resource.type}): ${path} → ${how}`;

/** What stands in a property's place; `gone` where it is left out. */
const gone: unique symbol = Symbol("gone");
type Weaker = Value | typeof gone;
interface Weakening {
  readonly path: string;
  readonly steps: readonly string[];
  readonly was: string;
  readonly how: string;
  readonly value: Weaker;
}

export function mutantsOf(resource: Resource): readonly Mutant[] {
  return [
    { resource, path: "", was: "", how: "not there", inputs: null },
    ...weakenings(resource.inputs, "", [])
      .map(({ path, steps, was, how, value }) => ({
        resource,
        path,
        was,
        how,
        inputs: change(resource.inputs, steps, value) as Properties,
      }))
      .filter(({ inputs }) => JSON.stringify(inputs) !== JSON.stringify(resource.inputs)),
  ];
}

function weakenings(value: Value, path: string, steps: readonly string[]): readonly Weakening[] {
  if (path.startsWith("__")) return [];
  const own =
    path === ""
      ? []
      : weakerValues(value, path).map(([how, other]) => ({
          path,
          steps,
          was: JSON.stringify(value) ?? "unknown",
          how,
          value: other as Weaker,
        }));
  if (isDocument(value)) return own;
  const below = isArray(value)
    ? value.flatMap((item, index) => weakenings(item, `${path}[]`, [...steps, String(index)]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, item]) =>
          weakenings(item, path === "" ? key : `${path}.${key}`, [...steps, key]),
        )
      : [];
  return [...own, ...below];
}

type Named = readonly [how: string, value: Weaker];

function weakerValues(value: Value, path: string): readonly Named[] {
  if (value === undefined || value === null) return [];
  const absent: readonly Named[] = [["absent", gone]];
  const shown = (other: Value): Named => [JSON.stringify(other), other];
  if (typeof value === "boolean") return [shown(!value), ...absent, shown(null)];
  if (typeof value === "number") return [...numbers(value).map(shown), ...absent];
  if (typeof value === "string") {
    const document = parsed(value);
    const weak =
      document === undefined ? weakerTexts(value, path).map(shown) : documents(document, JSON.stringify);
    return [...weak, ...absent, shown("")];
  }
  if (isDocument(value)) return [...documents(value, (document) => document), ...absent];
  if (isArray(value)) return [...absent, shown([])];
  return isObject(value) ? [...absent, shown({})] : absent;
}

const numbers = (value: number): readonly number[] => [0, 1, value * 100].filter((other) => other !== value);

const isDocument = (value: Value): value is Properties => isObject(value) && "Statement" in value;

function documents(document: Properties, write: (document: Properties) => Value): readonly Named[] {
  return isDocument(document)
    ? loosened(document).map(({ how, document: other }) => [how, write(other)])
    : [];
}

function parsed(text: string): Properties | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(text) as Value;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function change(value: Value, steps: readonly string[], weak: Weaker): Value {
  const [step = "", ...rest] = steps;
  const isLast = rest.length === 0;
  if (isArray(value)) {
    const index = Number(step);
    if (isLast && weak === gone) return value.filter((_, at) => at !== index);
    return value.map((item, at) =>
      at !== index ? item : isLast ? (weak as Value) : change(item, rest, weak),
    );
  }
  if (!isObject(value)) return value;
  if (isLast && weak === gone)
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
  return { ...value, [step]: isLast ? (weak as Value) : change(value[step], rest, weak) };
}
