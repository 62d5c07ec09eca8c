/** What a certificate may be used for. */
import { isArray, unknown } from "../../../../kit/value.ts";
import type { View } from "../../../../kit/view.ts";

/** A certificate whose uses are not known yet may be anybody's. */
export function mayBeFor(view: View, use: string): boolean {
  const uses = view.value("allowedUses");
  return (
    uses === unknown ||
    uses === undefined ||
    (isArray(uses) && (uses.includes(use) || uses.includes(unknown)))
  );
}
