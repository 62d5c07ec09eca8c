/** The component that a resource was made by. */
import type { Context } from "./context.ts";
import type { View } from "./view.ts";

/** The nearest one above of a type; null where there is none. */
export function ancestorOf(view: View, context: Context, type: string): View | null {
  for (let parent = view.resource.parent; parent !== null;) {
    const above = context.graph.byUrn(parent);
    if (above?.type === type) return context.view(above);
    parent = above?.parent ?? null;
  }
  return null;
}
