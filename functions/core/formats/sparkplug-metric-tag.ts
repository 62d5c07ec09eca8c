/**
 * Tags of the fields of a metric in sparkplug_b.proto, `number * 8 + wire type`. A module of constants, so that a bundle has
 * the numbers in their place.
 */

export const name = 10;
export const alias = 16;
export const timestamp = 24;
export const datatype = 32;
export const historical = 40;
export const transient = 48;
export const isNull = 56;
export const metadata = 66;
export const properties = 74;
export const int = 80;
export const long = 88;
export const float = 101;
export const double = 105;
export const boolean = 112;
export const text = 122;
export const bytes = 130;
export const dataSet = 138;
export const template = 146;
export const extension = 154;
