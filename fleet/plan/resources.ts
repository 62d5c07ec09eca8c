/** The planned resources, from the two things that a preview says of each: its step, and what became of it. */
import type { EngineEvent, StepEventStateMetadata } from "@pulumi/pulumi/automation/events.js";
import type { StateResource } from "../../policies/sources/state.ts";
import { inOrder } from "./order.ts";

export interface PlannedResource extends StateResource {
  readonly type: string;
  readonly custom: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** As far as a plan knows them; what it does not know is the engine's mark for that. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly additionalSecretOutputs?: readonly string[];
}

export const stackType = "pulumi:pulumi:Stack";
export const isProvider = ({ type }: { readonly type: string }): boolean =>
  type.startsWith("pulumi:providers:");

/**
 * In an order that is the same for the same plan: what a resource depends on stands before it.
 *
 * @param digest what `pulumi preview --json` printed
 */
export function plannedResources(digest: string, events: readonly EngineEvent[]): PlannedResource[] {
  const { steps } = JSON.parse(digest) as { steps: readonly { urn: string; newState?: StateResource }[] };
  const states = new Map(steps.map(({ urn, newState }) => [urn, newState]));
  const registered = new Map<string, StepEventStateMetadata>();
  const finished = new Map<string, StepEventStateMetadata>();
  for (const { resourcePreEvent: before, resOutputsEvent: after } of events) {
    if (before?.metadata.new) registered.set(before.metadata.urn, before.metadata.new);
    if (after?.metadata.new) {
      registered.set(after.metadata.urn, after.metadata.new);
      finished.set(after.metadata.urn, after.metadata.new);
    }
  }
  return inOrder(
    [...registered.values()].map((from) => planned(from, states.get(from.urn), finished.get(from.urn))),
  );
}

function planned(
  event: StepEventStateMetadata,
  state: StateResource | undefined,
  after: StepEventStateMetadata | undefined,
): PlannedResource {
  const { protect, retainOnDelete, external, ignoreChanges, dependencies, propertyDependencies } =
    state ?? {};
  const { additionalSecretOutputs } = (state ?? {}) as Partial<PlannedResource>;
  return {
    urn: event.urn,
    type: event.type,
    custom: event.custom === true,
    ...(event.id === "" ? {} : { id: event.id }),
    inputs: (state?.inputs ?? event.inputs ?? {}) as Record<string, unknown>,
    outputs: (after?.outputs ?? {}) as Record<string, unknown>,
    ...(event.parent === "" ? {} : { parent: event.parent }),
    ...(event.provider === "" ? {} : { provider: event.provider }),
    ...(protect === undefined ? {} : { protect }),
    ...(retainOnDelete === undefined ? {} : { retainOnDelete }),
    ...(external === undefined ? {} : { external }),
    ...(ignoreChanges === undefined ? {} : { ignoreChanges }),
    ...(dependencies === undefined ? {} : { dependencies }),
    ...(propertyDependencies === undefined ? {} : { propertyDependencies }),
    ...(additionalSecretOutputs === undefined ? {} : { additionalSecretOutputs }),
  };
}
