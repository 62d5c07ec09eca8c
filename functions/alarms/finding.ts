import type { Micros } from "../core/model.ts";
import type { Raised } from "./raised.ts";

/** What a value of a series means: an alarm begins or ends. */
export type Finding =
  | { readonly kind: "raised"; readonly raised: Raised }
  | { readonly kind: "cleared"; readonly alarm: string; readonly at: Micros };
