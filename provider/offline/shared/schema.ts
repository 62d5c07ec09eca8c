/**
 * How a resource or function describes itself: its properties, their kinds, defaults and what a change of
 * each one does. Everything generic (check, diff, preview, secrets, the package schema) is derived from it.
 */

import type { CheckFailure } from "./validate.ts";
import type { Value, ValueMap } from "./values.ts";

/** The kinds of property the two packages use. */
export type PropertyKind =
  | { readonly kind: "string" | "integer" | "boolean" | "list" | "map" }
  | { readonly kind: "record"; readonly typeName: string; readonly fields: PropertyTable }
  | { readonly kind: "records"; readonly typeName: string; readonly fields: PropertyTable };

/** Whether a change from the prior state to the planned value replaces the resource. */
export type ReplaceRule = (prior: Value, planned: Value) => boolean;

interface PropertyBase {
  readonly type: PropertyKind;
  /** One sentence for the package schema. */
  readonly description: string;
  /** Kept encrypted in the state, whatever the program says about it. */
  readonly secret?: true;
}

/** A property a program sets. It is an output as well, with the value in effect. */
export interface InputProperty extends PropertyBase {
  readonly role: "input";
  readonly required?: true;
  /** The value in effect where the program sets none. */
  readonly default?: Value;
  /** Where the program sets none, the value of the existing resource stays in effect. */
  readonly keepsPrior?: true;
  /** Used at creation and never stored in the state. */
  readonly writeOnly?: true;
  /** Absent: a change is applied in place. */
  readonly replaces?: ReplaceRule;
  /** Says what is allowed if a known value (an item, for a list) is not; undefined if it is. */
  readonly allows?: (value: Value) => string | undefined;
}

/** A property the resource computes. */
export interface OutputProperty extends PropertyBase {
  readonly role: "output";
  /** Unknown again as soon as anything changes; otherwise an update keeps the value. */
  readonly volatile?: true;
  /** The value planned before the resource's own {@link ResourceDefinition.plan} looks at it. */
  readonly default?: Value;
  /** Inputs that can be read off this output: if one of them is secret, so is the output. */
  readonly reveals?: readonly string[];
}

export type Property = InputProperty | OutputProperty;

/** Properties by the name the program uses. */
export type PropertyTable = Readonly<Record<string, Property>>;

/** What a resource may use of the outside. */
export interface Surroundings {
  /** The current time. */
  readonly now: () => Date;
  /** Tells the user something that does not stop the operation. */
  readonly warn: (message: string) => void;
}

/** What would be, if the planned change were applied. */
export interface Plan {
  readonly planned: ValueMap;
  /** Changed properties, sorted. */
  readonly changes: readonly string[];
  /** Those of them that replace the resource, sorted. */
  readonly replaces: readonly string[];
}

/** Refines a plan made by the generic rules. `forceReplace` replaces even where nothing differs. */
export type PlanHook = (
  draft: { planned: ValueMap; forceReplace: (property: string) => void },
  inputs: ValueMap,
  surroundings: Surroundings,
) => void;

/** A resource type. */
export interface ResourceDefinition {
  /** For example `tls:index/privateKey:PrivateKey`. */
  readonly token: string;
  readonly description: string;
  readonly properties: PropertyTable;
  /**
   * Version of the state's shape, as the real provider counts it; stored under `__meta` where not 0.
   * A state of a later version is refused.
   */
  readonly stateVersion: number;
  /** Checks of several inputs together; runs once each one is valid by itself. Values may be unknown. */
  readonly checkTogether?: (inputs: ValueMap) => CheckFailure[];
  readonly plan?: PlanHook;
  /**
   * Makes the resource. `planned` holds every input with defaults, and outputs as {@link Value}s unknown;
   * `inputs` holds the write-only ones too.
   * @returns the outputs to put into the state
   */
  readonly create: (
    planned: ValueMap,
    inputs: ValueMap,
    surroundings: Surroundings,
  ) => ValueMap | Promise<ValueMap>;
  /** The resource's id, from its state; by default the output `id`. */
  readonly identify?: (state: ValueMap) => string;
  /** Brings a state written by an earlier version to the current shape. */
  readonly upgrade?: (state: ValueMap, version: number) => ValueMap | Promise<ValueMap>;
  /** The state as it is now, at a refresh. */
  readonly refresh?: (state: ValueMap, surroundings: Surroundings) => ValueMap;
  /** The state of an existing resource, from the id given to `pulumi import`. Absent: not importable. */
  readonly importState?: (id: string) => ValueMap | Promise<ValueMap>;
}

/** A function a program calls. */
export interface FunctionDefinition {
  /** For example `tls:index/getPublicKey:getPublicKey`. */
  readonly token: string;
  readonly description: string;
  readonly properties: PropertyTable;
  readonly checkTogether?: (inputs: ValueMap) => CheckFailure[];
  readonly call: (inputs: ValueMap, configuration: ValueMap) => ValueMap | Promise<ValueMap>;
}

/** Replaces on any change. */
export const always: ReplaceRule = () => true;

export const text = { kind: "string" } as const;
export const integer = { kind: "integer" } as const;
export const flag = { kind: "boolean" } as const;
export const textList = { kind: "list" } as const;
export const textMap = { kind: "map" } as const;

/** The input properties of a table. */
export const inputsOf = (properties: PropertyTable): [string, InputProperty][] =>
  Object.entries(properties).filter((entry): entry is [string, InputProperty] => entry[1].role === "input");
