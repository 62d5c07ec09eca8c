/**
 * Tags of the fields of a payload in sparkplug_b.proto, `number * 8 + wire type`. A module of constants, so that a bundle has
 * the numbers in their place.
 */

export const timestamp = 8;
export const metric = 18;
export const seq = 24;
export const uuid = 34;
export const body = 42;
