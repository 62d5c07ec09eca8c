/** Works out a resource's outputs from its inputs: what it echoes, and what the cloud would have computed. */

import {
  isWireMap,
  isWireSecret,
  isWireUnknown,
  openedWire,
  signatureOf,
  unknownSentinel,
  wireSecret,
} from "../shared/values.ts";
import type { WireMap } from "../shared/values.ts";
import { childPath } from "./check/findings.ts";
import type { ObjectSchema, ResourceSchema, TypeExpression } from "./sdk/schema.ts";

/** Gives computed values. */
export interface ValueSource {
  /** The value of an output that the program did not set; undefined leaves it out. */
  readonly computed: (path: string, type: TypeExpression, required: boolean) => unknown;
}

/**
 * A preview knows no computed value.
 * @param optionalMayAppear whether an optional output that was not set may turn out to have a value
 */
export const previewSource = (optionalMayAppear: boolean): ValueSource => ({
  computed: (_, __, required) => (required || optionalMayAppear ? unknownSentinel : undefined),
});

/** How deep made-up objects go; some of Azure's types contain themselves. */
const deepest = 4;

/** The outputs of a resource, in the engine's encoding. Secret inputs make secret outputs. */
export class Outputs {
  readonly #schema: ResourceSchema;
  readonly #source: ValueSource;

  constructor(schema: ResourceSchema, source: ValueSource) {
    this.#schema = schema;
    this.#source = source;
  }

  /** Of a new resource. */
  ofNew(inputs: WireMap): WireMap {
    return this.#of(undefined, {}, inputs);
  }

  /** Of a changed resource: what did not change stays, and what was absent stays absent. */
  ofChanged(state: WireMap, oldInputs: WireMap, inputs: WireMap): WireMap {
    return this.#of(state, oldInputs, inputs);
  }

  #of(state: WireMap | undefined, oldInputs: WireMap, inputs: WireMap): WireMap {
    const outputs: WireMap = {};
    for (const [name, { type, required = false }] of Object.entries(this.#schema.outputs)) {
      const given = inputs[name] ?? undefined;
      const removed = given === undefined && (oldInputs[name] ?? undefined) !== undefined;
      const prior = removed ? undefined : state;
      const value =
        given === undefined
          ? this.#absent(name, type, required, prior, name, 0)
          : this.#completed(type, given, state?.[name], name, 0);
      if (value !== undefined && value !== null) outputs[name] = value;
    }
    for (const name of this.#schema.secretOutputs) {
      const value = outputs[name];
      // The engine itself marks a value that is not known yet.
      if (value !== undefined && !isWireUnknown(value)) outputs[name] = wireSecret(value);
    }
    return outputs;
  }

  /** A given value, with what the cloud adds to it. */
  #completed(type: TypeExpression, given: unknown, prior: unknown, path: string, depth: number): unknown {
    if (isWireSecret(given)) {
      const completed = this.#completed(type, given.value, openedWire(prior), path, depth);
      return wireSecret(completed);
    }
    if (isWireUnknown(given) || typeof type === "string" || signatureOf(given) !== undefined) return given;
    if ("list" in type && Array.isArray(given)) {
      const priors = Array.isArray(prior) ? prior : [];
      return given.map((item, index) =>
        this.#completed(type.list, item, priors[index], `${path}[${index}]`, depth + 1),
      );
    }
    if ("map" in type) return this.#completedMap(type.map, given, prior, path, depth);
    if (!isWireMap(given)) return given;
    const chosen = this.#objectFor(type, given);
    if (chosen === undefined) return given;
    const priors = isWireMap(prior) ? prior : undefined;
    const completed: WireMap = { ...given };
    for (const [name, { type: own, required = false }] of Object.entries(
      this.#schema.objects[chosen] ?? {},
    )) {
      const at = childPath(path, name);
      const value = given[name] ?? undefined;
      completed[name] =
        value === undefined
          ? this.#absent(name, own, required, priors, at, depth + 1)
          : this.#completed(own, value, priors?.[name], at, depth + 1);
      if (completed[name] === undefined) delete completed[name];
    }
    return completed;
  }

  /** A value that the program did not set: the one it has, or, where there is none yet, what the cloud computes. */
  #absent(
    name: string,
    type: TypeExpression,
    required: boolean,
    prior: WireMap | undefined,
    path: string,
    depth: number,
  ): unknown {
    const kept = prior?.[name] ?? undefined;
    if (kept !== undefined || (prior !== undefined && !required)) return kept;
    return this.#computed(path, type, required, depth);
  }

  /** Azure takes some maps (of identities) as a list of keys and fills in the values. */
  #completedMap(item: TypeExpression, given: unknown, prior: unknown, path: string, depth: number): unknown {
    const priors = isWireMap(prior) ? prior : {};
    if (Array.isArray(given)) {
      if (given.some(isWireUnknown)) return unknownSentinel;
      return Object.fromEntries(
        given.map((key) => {
          const name = String(openedWire(key));
          return [name, priors[name] ?? this.#computed(childPath(path, name), item, true, depth + 1)];
        }),
      );
    }
    if (!isWireMap(given)) return given;
    return Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        key,
        this.#completed(item, value, priors[key], childPath(path, key), depth + 1),
      ]),
    );
  }

  #computed(path: string, type: TypeExpression, required: boolean, depth: number): unknown {
    const value = this.#source.computed(path, type, required);
    if (value !== undefined || !required || depth > deepest) return value;
    if (typeof type === "string") return undefined;
    if ("list" in type) return [];
    if ("map" in type) return {};
    const chosen = this.#objectFor(type, {});
    return chosen === undefined ? undefined : this.#made(this.#schema.objects[chosen] ?? {}, path, depth);
  }

  #made(properties: ObjectSchema, path: string, depth: number): WireMap {
    return Object.fromEntries(
      Object.entries(properties).flatMap(([name, { type, required = false }]) => {
        const value = this.#computed(childPath(path, name), type, required, depth + 1);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  /** The name of the object type a value has; of several, the one with most of its properties. */
  #objectFor(type: TypeExpression, given: WireMap): string | undefined {
    if (typeof type === "string") return undefined;
    if ("object" in type) return type.object;
    if (!("oneOf" in type)) return undefined;
    const names = type.oneOf.flatMap((option) => this.#objectFor(option, given) ?? []);
    const fit = (name: string): number => {
      const properties = this.#schema.objects[name] ?? {};
      return Object.keys(given).filter((key) => key in properties).length;
    };
    return names.sort((left, right) => fit(right) - fit(left))[0];
  }
}
