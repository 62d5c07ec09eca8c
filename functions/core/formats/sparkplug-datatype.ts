/**
 * Numbers of the data types of Sparkplug B (specification 3.0, section 6.4.16). A module of constants, so that a bundle has
 * the numbers in their place.
 */

export const unknown = 0;
export const int8 = 1;
export const int16 = 2;
export const int32 = 3;
export const int64 = 4;
export const uint8 = 5;
export const uint16 = 6;
export const uint32 = 7;
export const uint64 = 8;
export const float = 9;
export const double = 10;
export const boolean = 11;
export const string = 12;
export const dateTime = 13;
export const text = 14;
export const uuid = 15;
export const dataSet = 16;
export const bytes = 17;
export const file = 18;
export const template = 19;
export const propertySet = 20;
export const propertySetList = 21;
export const int8Array = 22;
export const floatArray = 30;
export const doubleArray = 31;
export const dateTimeArray = 34;
