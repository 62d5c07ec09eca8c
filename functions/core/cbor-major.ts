/** Major types of CBOR (RFC 8949 section 3.1). A module of constants, so that a bundle has the numbers in their place. */

export const unsigned = 0;
export const negative = 1;
export const bytes = 2;
export const text = 3;
export const array = 4;
export const map = 5;
export const tag = 6;
export const simple = 7;
