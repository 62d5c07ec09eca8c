/**
 * How the elements of the array types are packed into bytes: little-endian, one behind the other (specification
 * section 6.4.17; where its examples say otherwise, its text decides). Index is the type's number - 22.
 */
export const packedElements = [
  { size: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  { size: 2, read: (view: DataView, at: number) => view.getInt16(at, true) },
  { size: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  { size: 8, read: (view: DataView, at: number) => view.getBigInt64(at, true) },
  { size: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  { size: 2, read: (view: DataView, at: number) => view.getUint16(at, true) },
  { size: 4, read: (view: DataView, at: number) => view.getUint32(at, true) },
  { size: 8, read: (view: DataView, at: number) => view.getBigUint64(at, true) },
  { size: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  { size: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
  null,
  null,
  { size: 8, read: (view: DataView, at: number) => view.getBigInt64(at, true) },
] as const;
