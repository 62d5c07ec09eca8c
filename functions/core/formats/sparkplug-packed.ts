/**
 * How the elements of the array types are packed into bytes: little-endian, one behind the other (specification
 * section 6.4.17; where its examples say otherwise, its text decides). What of a DataView reads one, and its bytes; index is
 * the type's number - 22.
 */
export const packedElements = [
  ["getInt8", 1],
  ["getInt16", 2],
  ["getInt32", 4],
  ["getBigInt64", 8],
  ["getUint8", 1],
  ["getUint16", 2],
  ["getUint32", 4],
  ["getBigUint64", 8],
  ["getFloat32", 4],
  ["getFloat64", 8],
  null,
  null,
  ["getBigInt64", 8],
] as const;
