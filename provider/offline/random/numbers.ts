/** Random numbers without a seed, from the operating system. */

import { randomBytes } from "node:crypto";

/** Draws a whole number from 0 to below a positive bound, each one as likely as the others. */
export type Draw = (bound: bigint) => bigint;

/** Draws from the operating system's source of randomness. */
export const drawSecurely: Draw = (bound) => {
  const byteCount = Math.ceil(bound.toString(2).length / 8);
  const range = 1n << BigInt(8 * byteCount);
  // Values above the last whole multiple of the bound would favour small remainders.
  const limit = range - (range % bound);
  for (;;) {
    const value = BigInt(`0x${randomBytes(byteCount).toString("hex")}`);
    if (value < limit) return value % bound;
  }
};

/** Draws an index of a list of the given length. */
export const drawIndex = (length: number, draw: Draw): number => Number(draw(BigInt(length)));

/** One of the items, drawn securely. */
export const pick = <T>(items: readonly T[]): T => {
  const item = items[drawIndex(items.length, drawSecurely)];
  if (item === undefined) throw new Error("can't pick from an empty list");
  return item;
};

/**
 * The numbers from 0 to below `length` in random order. The order of the draws is the one of Go's rand.Perm,
 * so that a seed gives the same order as there.
 */
export const permutation = (length: number, draw: Draw): number[] => {
  const order: number[] = [];
  for (let index = 0; index < length; index++) {
    const other = drawIndex(index + 1, draw);
    order[index] = order[other] ?? index;
    order[other] = index;
  }
  return order;
};
