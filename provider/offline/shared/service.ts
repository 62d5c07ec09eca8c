/** What a provider answers to the engine. Values are in the engine's encoding (see `values.ts`). */

import type { WireMap } from "./values.ts";

/** How names are to be made where the program gives none (Pulumi.yaml, `pulumi:autonaming`). */
export interface Autonaming {
  /** `propose`: the provider may adapt the proposed name; `enforce`: it may not; `disable`: no name is made. */
  readonly mode: "propose" | "enforce" | "disable";
  readonly proposedName: string;
}

/** The resource that a call is about. */
export interface Subject {
  readonly urn: string;
}

/** A call to check inputs. */
export interface CheckCall extends Subject {
  /** The inputs of the existing resource; empty for a new one, and for one that is to replace another. */
  readonly olds: WireMap;
  readonly autonaming?: Autonaming;
}

/** A call about an existing resource and what is to become of it. */
export interface ChangeCall extends Subject {
  readonly oldInputs: WireMap;
}

/** What checking found. Each failure is a line for the user. */
export interface Checked {
  readonly inputs: WireMap;
  readonly failures: readonly string[];
}

/** What a change of inputs would do. */
export interface Difference {
  /** Changed properties. */
  readonly changes: readonly string[];
  /** Those of them that replace the resource. */
  readonly replaces: readonly string[];
  /** The old resource has to go before the new one is made. */
  readonly deleteBeforeReplace?: boolean;
  /** The changes down to single values, by path. */
  readonly details?: Readonly<Record<string, PropertyChange>>;
}

export interface PropertyChange {
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/** Tells the user something that stops nothing: about a resource, or, without `urn`, about the whole run. */
export type Tell = (message: string, urn?: string) => void;

/** A provider that `server.ts` can serve. Every method may throw an `Error` whose message is meant for the user. */
export interface ProviderService {
  /** Version of the SDK whose provider this stands in for. */
  readonly version: string;
  /** Whether it minds {@link CheckCall.autonaming}. */
  readonly supportsAutonaming: boolean;
  /** The package schema in Pulumi's format. */
  packageSchema(): Record<string, unknown>;
  /** Checks the provider's own settings. */
  checkConfiguration(settings: WireMap): Checked | Promise<Checked>;
  configure(settings: WireMap): void | Promise<void>;
  check(token: string, news: WireMap, call: CheckCall): Checked | Promise<Checked>;
  diff(token: string, olds: WireMap, news: WireMap, call: ChangeCall): Promise<Difference>;
  /** Makes a resource. At a preview the id is empty. */
  create(
    token: string,
    news: WireMap,
    preview: boolean,
    call: Subject,
  ): Promise<{ id: string; state: WireMap }>;
  update(token: string, olds: WireMap, news: WireMap, preview: boolean, call: ChangeCall): Promise<WireMap>;
  /** Removes a resource. */
  delete(token: string, id: string, olds: WireMap): void | Promise<void>;
  /** Refreshes a resource, or, with an empty state, looks one up by its id. */
  read(
    token: string,
    id: string,
    olds: WireMap,
    inputs: WireMap,
  ): Promise<{ id: string; state: WireMap; inputs: WireMap }>;
  invoke(token: string, args: WireMap): Promise<{ result: WireMap; failures: readonly string[] }>;
}
