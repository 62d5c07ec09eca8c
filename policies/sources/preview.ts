/** A graph from what `pulumi preview --json` prints: the resources as they would be. */
import type { Graph } from "../kit/graph.ts";
import { graphOf, StateError, type StateResource } from "./state.ts";

interface Step {
  readonly op: string;
  readonly newState?: StateResource;
  readonly oldState?: StateResource;
}

/** Steps after which the resource is not there any more. */
const removals: readonly string[] = [
  "delete",
  "delete-replaced",
  "discard",
  "discard-replaced",
  "remove-pending-replace",
];

/** Throws {@link StateError} where the text is no preview. */
export function graphOfPreview(text: string): Graph {
  let steps: unknown;
  try {
    steps = (JSON.parse(text) as { steps?: unknown }).steps;
  } catch (error) {
    throw new StateError(
      `not JSON (${(error as Error).message}); expected what \`pulumi preview --json\` prints`,
      { cause: error },
    );
  }
  if (!Array.isArray(steps))
    throw new StateError("has no steps; expected what `pulumi preview --json` prints");
  const byUrn = new Map<string, StateResource>();
  for (const { op, newState, oldState } of steps as readonly Step[]) {
    if (removals.includes(op)) continue;
    const state = newState ?? oldState;
    if (state === undefined) continue;
    // What a stack gives out is written at the end of an update: until then the last one's outputs are there.
    const outputs = state.type === "pulumi:pulumi:Stack" ? oldState?.outputs : undefined;
    byUrn.set(state.urn, outputs === undefined ? state : { outputs, ...state });
  }
  return graphOf([...byUrn.values()]);
}
