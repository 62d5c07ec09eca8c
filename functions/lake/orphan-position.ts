import type { Micros } from "../core/model.ts";

/**
 * In place of the place in the stream, of a message that only the quarantine has: the same in every replay, and another one
 * for each of several that came with the same bytes at the same moment.
 *
 * @param copy which of these, from 0
 */
export const orphanPosition = (receivedAt: Micros, copy: number): string =>
  `quarantine:${receivedAt}:${copy}`;
