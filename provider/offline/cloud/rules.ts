/** What differs from cloud to cloud. */

import type { Autonaming } from "../shared/service.ts";
import type { ValueMap, WireMap } from "../shared/values.ts";
import type { Corrections } from "./check/check.ts";
import type { Finding } from "./check/findings.ts";
import type { ResourceSchema } from "./sdk/schema.ts";

/** A resource and its inputs as the program gives them. */
export interface GivenInputs {
  readonly urn: string;
  readonly schema: ResourceSchema;
  readonly inputs: WireMap;
  /** The inputs of the existing resource; empty for a new one. */
  readonly olds: WireMap;
  readonly autonaming?: Autonaming;
}

/** A resource that is about to be made. */
export interface NewResource {
  readonly urn: string;
  readonly schema: ResourceSchema;
  /** Its inputs, decoded; none is unknown. */
  readonly inputs: ValueMap;
}

/** What the cloud gives a new resource. */
export interface Identity {
  readonly id: string;
  /** Outputs by path, as far as they are not made up by {@link plausible}. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A function that can be answered without asking a cloud. */
export interface FunctionAnswer {
  /** The result, as far as it is not made up; `args` are checked. */
  readonly answer: (args: ValueMap) => ValueMap;
  /** What of the result is made up, where a real cloud would have been asked about a thing that exists. */
  readonly madeUp?: string;
}

export interface CloudRules {
  /** Name of the package: `aws`. */
  readonly package: string;
  /** Name of the cloud: `AWS`. */
  readonly cloud: string;
  /** What the cloud takes where the SDK's types of a resource have the values of another enumeration. */
  readonly corrected: (schema: ResourceSchema) => Corrections;
  /** Whether any output that was not set may turn out to have a value. */
  readonly optionalMayAppear: boolean;
  /** Takes the provider's settings, which are of the right types; what is wrong with their values comes back. */
  readonly configure: (settings: ValueMap) => readonly Finding[];
  /** Adds what the provider sets where the program does not, for example names and tags. */
  readonly withDefaults: (given: GivenInputs) => { inputs: WireMap; findings: readonly Finding[] };
  /** What is wrong with inputs whose types are right. */
  readonly checkFurther: (schema: ResourceSchema, inputs: ValueMap) => readonly Finding[];
  /** Whether a change makes a new resource; see {@link ReplacementRule}. */
  readonly replaces: (schema: ResourceSchema, path: string) => boolean | null;
  /** Whether two values mean the same to the cloud. */
  readonly equivalent: (schema: ResourceSchema, path: string, old: unknown, next: unknown) => boolean;
  /** Whether a resource that is replaced can't exist beside its successor. */
  readonly deletesFirst: (schema: ResourceSchema, oldInputs: WireMap, inputs: WireMap) => boolean;
  readonly identify: (resource: NewResource) => Identity;
  /** A value for an output that nothing else gives; see `plausibleValue`. */
  readonly madeUp: (resource: NewResource, path: string) => unknown;
  readonly functions: ReadonlyMap<string, FunctionAnswer>;
}
