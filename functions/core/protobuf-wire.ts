/**
 * How the bytes of a protobuf field are delimited: the low three bits of its tag. A module of constants, so that a bundle
 * has the numbers in their place.
 */

export const varint = 0;
export const fixed64 = 1;
export const delimited = 2;
export const startGroup = 3;
export const endGroup = 4;
export const fixed32 = 5;
