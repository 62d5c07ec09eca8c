import type { Input } from "@pulumi/pulumi";

/**
 * Where an environment can run. Adding a target here makes every `Record<Target, …>` fail to compile until it is
 * filled: the platform registry, the configuration blocks, the conformance fixtures.
 */
export const targets = ["local", "aws", "azure"] as const;
export type Target = (typeof targets)[number];

/**
 * The environment variable of a program that is planned as if nothing were there yet, whatever is (fleet/plan): what can
 * only be done to something that is there is not refused then.
 */
export const plannedFromNothing = "FIELDLAKE_PLAN_FROM_NOTHING";

/** What every component is told. */
export interface CommonArgs {
  /** The customer environment: lower-case name, the `tenant` column of every row. */
  readonly environment: string;
  /** True outside dev: stateful children are protected, and kept when the stack is destroyed. */
  readonly protect: boolean;
}

/** What every component says of itself. */
export interface CommonOutputs {
  readonly encryption: readonly EncryptionState[];
  /** Empty where every promise is kept. */
  readonly exceptions: readonly NamedException[];
}

/**
 * A promise that one target cannot keep, by name, so that policies and people can judge it.
 * Printed in the stack's outputs.
 */
export interface NamedException {
  readonly rule: string;
  readonly resource: string;
  readonly reason: string;
  readonly compensatingControl: string;
}

/** How one resource is protected; the page and the policies read it. */
export interface EncryptionState {
  readonly component: string;
  readonly name: string;
  readonly detail: Input<string>;
  /** Protocol and floor, for example `TLS 1.3 (floor 1.2), client certificate`; null where nothing travels. */
  readonly inTransit: string | null;
  /** Algorithm; null where nothing is stored. */
  readonly atRest: string | null;
  /** The customer-managed key; null where nothing is stored. */
  readonly keyId: Input<string> | null;
}
