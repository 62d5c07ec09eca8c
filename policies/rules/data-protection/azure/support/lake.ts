/** Which lake a blob container or account belongs to. */
import { ancestorOf } from "../../../../kit/ancestors.ts";
import type { Context } from "../../../../kit/context.ts";
import type { View } from "../../../../kit/view.ts";

const lakeType = "fieldlake:azure:EncryptedLake";
export const lakeOf = (view: View, context: Context): View | null => ancestorOf(view, context, lakeType);
