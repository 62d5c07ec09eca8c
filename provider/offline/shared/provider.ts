/** A package of resources and functions, driven by the engine's calls. */

import { packageSchema } from "./package-schema.ts";
import { planResource } from "./plan.ts";
import type { FunctionDefinition, PropertyTable, ResourceDefinition, Surroundings } from "./schema.ts";
import { inputsOf } from "./schema.ts";
import type { Checked, Difference, ProviderService } from "./service.ts";
import { readState, writeProperties, writeState } from "./state.ts";
import type { CheckFailure } from "./validate.ts";
import { failureLines, validateInputs } from "./validate.ts";
import type { Value, ValueMap, WireMap } from "./values.ts";
import { holdsSecret, holdsUnknown, mapFromWire, toWire, unknown, wireSecret } from "./values.ts";

/** A package, as its `main.ts` declares it. */
export interface PackageDefinition {
  /** For example `tls`. */
  readonly name: string;
  /** Version of the SDK whose provider this stands in for. */
  readonly version: string;
  readonly description: string;
  /** What can be set on an explicit provider. */
  readonly configuration: PropertyTable;
  readonly resources: readonly ResourceDefinition[];
  readonly functions: readonly FunctionDefinition[];
}

const surroundingsOfProcess: Surroundings = {
  now: () => new Date(),
  warn: (message) => console.error(`warning: ${message}`),
};

/**
 * Answers the engine's calls for one package. Values are in the engine's encoding (see `values.ts`).
 * Every method rejects with an `Error` whose message is meant for the user.
 */
export class OfflineProvider implements ProviderService {
  readonly definition: PackageDefinition;
  /** Neither package has names to make. */
  readonly supportsAutonaming = false;
  readonly #resources: ReadonlyMap<string, ResourceDefinition>;
  readonly #functions: ReadonlyMap<string, FunctionDefinition>;
  readonly #surroundings: Surroundings;
  #configuration: ValueMap = {};

  constructor(definition: PackageDefinition, surroundings: Partial<Surroundings> = {}) {
    this.definition = definition;
    this.#resources = new Map(definition.resources.map((resource) => [resource.token, resource]));
    this.#functions = new Map(definition.functions.map((fn) => [fn.token, fn]));
    this.#surroundings = { ...surroundingsOfProcess, ...surroundings };
  }

  get version(): string {
    return this.definition.version;
  }

  packageSchema(): Record<string, unknown> {
    return packageSchema(this.definition);
  }

  /** The settings are checked where they are taken ({@link configure}), once all of them are known. */
  checkConfiguration(settings: WireMap): Checked {
    return { inputs: settings, failures: [] };
  }

  /** Takes the provider's own settings; nested ones may come as JSON text. */
  configure(settings: WireMap): void {
    const given = mapFromWire(settings);
    for (const [name, property] of inputsOf(this.definition.configuration)) {
      const value = given[name];
      if (property.type.kind === "record" && typeof value === "string") {
        given[name] = value === "" ? null : parsedSetting(name, value);
      }
    }
    const { inputs, failures } = validated({ properties: this.definition.configuration }, settings, given);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    this.#configuration = inputs;
  }

  /** Checks a resource's inputs and marks the ones that are always secret. A failure is a line for the user. */
  check(token: string, news: WireMap): { inputs: WireMap; failures: string[] } {
    const resource = this.#resource(token);
    const { failures } = validated(resource, news);
    return { inputs: withSecretInputs(resource, news), failures };
  }

  /** Compares an existing resource with new inputs. */
  async diff(token: string, olds: WireMap, news: WireMap): Promise<Difference> {
    const resource = this.#resource(token);
    const { values } = await readState(resource, olds);
    const plan = planResource(resource, values, this.#inputs(resource, news), this.#surroundings);
    return { changes: plan.changes, replaces: plan.replaces };
  }

  /** Makes a resource; at a preview, only says what it would be like. The id is empty at a preview. */
  async create(token: string, news: WireMap, preview: boolean): Promise<{ id: string; state: WireMap }> {
    const resource = this.#resource(token);
    const inputs = this.#inputs(resource, news);
    const secrets = secretNames(news);
    const { planned } = planResource(resource, undefined, inputs, this.#surroundings);
    if (preview) return { id: "", state: writeProperties(resource, planned, secrets) };

    const settled = withoutUnknowns(planned);
    const state = { ...settled, ...(await resource.create(settled, inputs, this.#surroundings)) };
    return { id: identify(resource, state), state: writeState(resource, state, secrets) };
  }

  /** Applies a change that replaces nothing; at a preview, only says what the resource would be like. */
  async update(token: string, olds: WireMap, news: WireMap, preview: boolean): Promise<WireMap> {
    const resource = this.#resource(token);
    const prior = await readState(resource, olds);
    const inputs = this.#inputs(resource, news);
    const { planned } = planResource(resource, prior.values, inputs, this.#surroundings);
    const outputs = [...prior.secrets].filter((name) => resource.properties[name]?.role === "output");
    const secrets = new Set([...secretNames(news), ...outputs]);
    return preview ? writeProperties(resource, planned, secrets) : writeState(resource, planned, secrets);
  }

  /** Nothing exists outside the state, so there is nothing to remove. */
  delete(): void {}

  /** Reads a resource: with a state, refreshes it; without, imports by id. */
  async read(
    token: string,
    id: string,
    olds: WireMap,
    inputs: WireMap,
  ): Promise<{ id: string; state: WireMap; inputs: WireMap }> {
    const resource = this.#resource(token);
    if (Object.keys(olds).length === 0) return this.#import(resource, id);
    const prior = await readState(resource, olds);
    const refreshed = resource.refresh?.(prior.values, this.#surroundings) ?? prior.values;
    return {
      id,
      state: { ...prior.others, ...writeState(resource, refreshed, prior.secrets) },
      inputs: withSecretInputs(resource, inputs),
    };
  }

  /** Calls a function; invalid arguments come back as failures. */
  async invoke(token: string, args: WireMap): Promise<{ result: WireMap; failures: string[] }> {
    const fn = this.#functions.get(token);
    if (!fn) throw new Error(`the ${this.definition.name} package has no function ${token}`);
    const { inputs, failures } = validated(fn, args);
    if (failures.length > 0) return { result: {}, failures };
    if (holdsUnknown(inputs)) return { result: {}, failures: [] };
    const result = await fn.call(inputs, this.#configuration);
    return { result: toWire(result) as WireMap, failures: [] };
  }

  async #import(
    resource: ResourceDefinition,
    id: string,
  ): Promise<{ id: string; state: WireMap; inputs: WireMap }> {
    if (!resource.importState) throw new Error(`${resource.token} can't be imported`);
    const state = await resource.importState(id);
    const names = new Set(inputsOf(resource.properties).map(([name]) => name));
    const inputs = Object.fromEntries(
      Object.entries(state).filter(([name, value]) => names.has(name) && !isZero(value)),
    );
    return {
      id: identify(resource, state),
      state: writeState(resource, state, new Set()),
      inputs: toWire(inputs) as WireMap,
    };
  }

  #resource(token: string): ResourceDefinition {
    const resource = this.#resources.get(token);
    if (!resource) throw new Error(`the ${this.definition.name} package has no resource ${token}`);
    return resource;
  }

  #inputs(resource: ResourceDefinition, news: WireMap): ValueMap {
    const { inputs, failures } = validated(resource, news);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return inputs;
  }
}

interface Checkable {
  readonly properties: PropertyTable;
  readonly checkTogether?: (inputs: ValueMap) => CheckFailure[];
}

const validated = (
  { properties, checkTogether }: Checkable,
  wire: WireMap,
  given = mapFromWire(wire),
): { inputs: ValueMap; failures: string[] } => {
  const { inputs, failures } = validateInputs(properties, given, checkTogether);
  return { inputs, failures: failureLines(failures, properties, secretNames(wire)) };
};

const secretNames = (values: WireMap): ReadonlySet<string> =>
  new Set(Object.keys(values).filter((name) => holdsSecret(values[name])));

/** Marks the inputs that are always secret. */
const withSecretInputs = (resource: ResourceDefinition, given: WireMap): WireMap => {
  const inputs = { ...given };
  for (const [name, property] of inputsOf(resource.properties)) {
    const value = inputs[name];
    if (property.secret && value !== undefined && value !== null) inputs[name] = wireSecret(value);
  }
  return inputs;
};

const withoutUnknowns = (values: ValueMap): ValueMap =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== unknown));

const identify = (resource: ResourceDefinition, state: ValueMap): string =>
  resource.identify?.(state) ?? String(state["id"]);

/** An imported resource's inputs leave out what a program would not write down. */
const isZero = (value: Value): boolean =>
  value === undefined || value === null || value === "" || value === 0;

const parsedSetting = (name: string, json: string): Value => {
  try {
    return JSON.parse(json) as Value;
  } catch {
    throw new Error(`${name}: must be JSON; got ${JSON.stringify(json)}`);
  }
};
