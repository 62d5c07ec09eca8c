/**
 * Which field of a Sparkplug B metric holds its value, by the field's number. A module of constants, so that a bundle has the
 * numbers in their place.
 */

export const none = 0;
export const int = 10;
export const long = 11;
export const float = 12;
export const double = 13;
export const boolean = 14;
export const text = 15;
export const bytes = 16;
export const dataSet = 17;
export const template = 18;
export const extension = 19;
