/** Works out what an `up` would do: the planned state, and what changes and replaces. */

import type { Plan, Property, ResourceDefinition, Surroundings } from "./schema.ts";
import type { Value, ValueMap } from "./values.ts";
import { sameValue, unknown } from "./values.ts";

/**
 * Plans a resource.
 * @param prior the state of the existing resource; undefined where one is to be made
 * @param inputs valid inputs; may hold unknowns
 */
export const planResource = (
  definition: ResourceDefinition,
  prior: ValueMap | undefined,
  inputs: ValueMap,
  surroundings: Surroundings,
): Plan => {
  const planned = draftState(definition, prior, inputs);
  const forced = new Set<string>();
  definition.plan?.({ planned, forceReplace: (property) => forced.add(property) }, inputs, surroundings);
  if (prior === undefined) return { planned, changes: [], replaces: [] };

  if (changedNames(definition, prior, planned).length > 0) forgetVolatile(definition, planned);
  const changes = changedNames(definition, prior, planned);
  const replaces = changes.filter(
    (name) => forced.has(name) || replacesOnChange(definition.properties[name], prior[name], planned[name]),
  );
  return { planned, changes: changes.sort(), replaces: replaces.sort() };
};

const draftState = (
  definition: ResourceDefinition,
  prior: ValueMap | undefined,
  inputs: ValueMap,
): ValueMap => {
  const planned: ValueMap = {};
  for (const [name, property] of Object.entries(definition.properties)) {
    const value =
      property.role === "input"
        ? plannedInput(property, prior, inputs[name], name)
        : (property.default ?? (prior === undefined ? unknown : prior[name]));
    if (value !== undefined && value !== null) planned[name] = value;
  }
  return planned;
};

const plannedInput = (
  property: Extract<Property, { role: "input" }>,
  prior: ValueMap | undefined,
  given: Value,
  name: string,
): Value => {
  if (property.writeOnly) return undefined;
  if (given !== undefined && given !== null) return given;
  if (property.default !== undefined) return property.default;
  if (property.keepsPrior) return prior === undefined ? unknown : prior[name];
  return undefined;
};

const changedNames = (definition: ResourceDefinition, prior: ValueMap, planned: ValueMap): string[] =>
  Object.keys(definition.properties).filter((name) => !sameValue(prior[name], planned[name]));

const forgetVolatile = (definition: ResourceDefinition, planned: ValueMap): void => {
  for (const [name, property] of Object.entries(definition.properties)) {
    if (property.role === "output" && property.volatile) planned[name] = unknown;
  }
};

const replacesOnChange = (property: Property | undefined, prior: Value, planned: Value): boolean =>
  property?.role === "input" && (property.replaces?.(prior, planned) ?? false);
