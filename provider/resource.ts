import type { CheckFailure } from "@pulumi/pulumi/provider/index.js";

/** One resource type of the provider, working on plain values: wrapping and unknowns are handled around it. */
export interface LocalResource<Inputs> {
  /**
   * Every fault of the inputs; called only when all of them are known.
   * @param olds the former ones; null where there is none of it yet
   */
  check(inputs: Inputs, olds: Inputs | null): CheckFailure[];
  /** Makes it and says what became of it. `id` is stable for its life. */
  create(name: string, inputs: Inputs): Promise<{ id: string; outputs: Record<string, unknown> }>;
  /** Looks at the machine: what changed between old and new inputs, or in reality. */
  diff(id: string, olds: Inputs & Record<string, unknown>, news: Inputs): Promise<Difference>;
  update(id: string, olds: Inputs & Record<string, unknown>, news: Inputs): Promise<Record<string, unknown>>;
  /** Null where it is gone. */
  read(id: string, state: Inputs & Record<string, unknown>): Promise<Record<string, unknown> | null>;
  delete(id: string, state: Inputs & Record<string, unknown>): Promise<void>;
}

export interface Difference {
  readonly changes: boolean;
  /** Inputs whose change means a new one. */
  readonly replaces?: string[];
  readonly deleteBeforeReplace?: boolean;
}

export const unchanged: Difference = { changes: false };
export const changed: Difference = { changes: true };
