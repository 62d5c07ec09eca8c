import type { Properties } from "../../../policies/kit/value.ts";

/** How a change that makes nothing weaker is described. */
export interface Reason {
  readonly because: string;
  /** Of the resource's type; default: every one. */
  readonly types?: RegExp;
  /** Of the property's path, `a.b[].c`; default: every one but the resource as a whole. */
  readonly path?: RegExp;
  /** Of what stood there before, as JSON; default: everything. */
  readonly was?: RegExp;
  /** Of what was done; default: everything. */
  readonly how?: RegExp;
  /** Of what stands beside it in the weaker copy; default: anything. */
  readonly beside?: (inputs: Properties) => boolean;
}

/** Left out, or emptied. */
export const left = /^(absent|null|""|\[\]|\{\})$/;
/** A hundred times as many. */
export const more = /^-?\d+00$/;
