/** What Fieldlake's own components promise beyond what can be asked of everybody. */
import type { Context } from "../../kit/context.ts";
import type { View } from "../../kit/view.ts";

export const isOurs = (view: View, context: Context): boolean => context.isOurs(view.resource);
