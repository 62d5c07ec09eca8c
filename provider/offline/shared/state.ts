/**
 * The state as the engine stores it. Beside the properties it has `__meta`, JSON with the version of the
 * state's shape where that is not 0, and, if a real provider wrote it, `__pulumi_raw_state_delta`, which
 * lets that provider restore Terraform's own form (pulumi-terraform-bridge, pkg/pf/tfbridge/resource_state.go
 * and pkg/tfbridge/rawstate.go). The real providers read a state without the latter as well.
 */

import type { Property, ResourceDefinition } from "./schema.ts";
import type { ValueMap, WireMap } from "./values.ts";
import { holdsSecret, mapFromWire, toWire, unknown, wireSecret } from "./values.ts";

const metaKey = "__meta";

/** Describes the state as it was written, so it must go when the state is brought to another shape. */
const rawStateDeltaKey = "__pulumi_raw_state_delta";

/** A stored state, decoded. */
export interface StoredState {
  /** In the current shape; only properties that the resource declares. */
  readonly values: ValueMap;
  /** Names of properties whose stored value is secret. */
  readonly secrets: ReadonlySet<string>;
  /** What else was stored and still holds, in the engine's encoding. */
  readonly others: WireMap;
}

/**
 * Decodes a stored state and brings it to the current shape.
 * @throws if a later version wrote it
 */
export const readState = async (definition: ResourceDefinition, stored: WireMap): Promise<StoredState> => {
  const version = storedVersion(stored);
  if (version > definition.stateVersion) {
    throw new Error(
      `the state of this ${definition.token} has version ${version}, written by a later provider; ` +
        `this one knows up to ${definition.stateVersion}. Use the provider that wrote it`,
    );
  }
  const known = Object.fromEntries(Object.entries(stored).filter(([name]) => name in definition.properties));
  const values = mapFromWire(known);
  const upgraded = definition.upgrade ? await definition.upgrade(values, version) : values;
  const secrets = Object.keys(known).filter((name) => holdsSecret(known[name]));
  const others = Object.fromEntries(
    Object.entries(stored).filter(
      ([name]) => !(name in known) && (name !== rawStateDeltaKey || version === definition.stateVersion),
    ),
  );
  return { values: upgraded, secrets: new Set(secrets), others };
};

const storedVersion = (stored: WireMap): number => {
  const meta = storedMeta(stored);
  const version = Number(meta["schema_version"] ?? 0);
  if (!Number.isInteger(version) || version < 0) {
    throw new Error(
      `the state's ${metaKey} has the schema_version ${JSON.stringify(meta["schema_version"])}`,
    );
  }
  return version;
};

const storedMeta = (stored: WireMap): WireMap => {
  const meta = stored[metaKey];
  if (meta === undefined || meta === null) return {};
  try {
    const parsed: unknown = JSON.parse(String(meta));
    if (typeof parsed === "object" && parsed !== null) return parsed as WireMap;
  } catch {
    // Reported below, with anything else that is not an object.
  }
  throw new Error(`the state's ${metaKey} must be a JSON object`);
};

/**
 * Encodes properties for the engine.
 * @param secretInputs names of inputs the program marked as secret
 */
export const writeProperties = (
  definition: ResourceDefinition,
  values: ValueMap,
  secretInputs: ReadonlySet<string>,
): WireMap => {
  const written: WireMap = {};
  for (const [name, property] of Object.entries(definition.properties)) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    const wire = toWire(value);
    // The engine marks a value that is not known yet by the resource's declared secrets.
    const secret = value !== unknown && isSecret(name, property, secretInputs);
    written[name] = secret ? wireSecret(wire) : wire;
  }
  return written;
};

/** Encodes a state for the engine to store; see {@link writeProperties}. */
export const writeState = (
  definition: ResourceDefinition,
  values: ValueMap,
  secretInputs: ReadonlySet<string>,
): WireMap => {
  const meta = JSON.stringify({ schema_version: String(definition.stateVersion) });
  return {
    ...writeProperties(definition, values, secretInputs),
    ...(definition.stateVersion > 0 ? { [metaKey]: meta } : {}),
  };
};

const isSecret = (name: string, property: Property, secretInputs: ReadonlySet<string>): boolean =>
  property.secret === true ||
  secretInputs.has(name) ||
  (property.role === "output" && (property.reveals ?? []).some((input) => secretInputs.has(input)));
