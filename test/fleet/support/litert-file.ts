/** A LiteRT file, read by the rules of FlatBuffers and nothing of what wrote it: enough to say what it has. */

export interface LitertFile {
  readonly identifier: string;
  readonly version: number;
  /** Numbers of the built-in ones. */
  readonly operators: readonly number[];
  readonly customOperators: number;
  /** Buffers whose data does not begin at a multiple of 16 bytes. */
  readonly misaligned: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Numbers of fields: schema.fbs of TensorFlow Lite, version 3. */
export function readLitert(bytes: Uint8Array): LitertFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const follow = (at: number): number => at + view.getUint32(at, true);
  /** Where a table's field is; `null` for its default. */
  const field = (table: number, number: number): number | null => {
    const names = table - view.getInt32(table, true);
    const slot = 4 + 2 * number;
    const offset = slot < view.getUint16(names, true) ? view.getUint16(names + slot, true) : 0;
    return offset === 0 ? null : table + offset;
  };
  const integer = (table: number, number: number): number => {
    const at = field(table, number);
    return at === null ? 0 : view.getUint32(at, true);
  };
  const vector = (table: number, number: number): { start: number; length: number } => {
    const at = field(table, number);
    if (at === null) return { start: 0, length: 0 };
    return { start: follow(at) + 4, length: view.getUint32(follow(at), true) };
  };
  const tables = (table: number, number: number): number[] => {
    const { start, length } = vector(table, number);
    return Array.from({ length }, (_, index) => follow(start + 4 * index));
  };
  const text = (table: number, number: number): string => {
    const { start, length } = vector(table, number);
    return new TextDecoder().decode(bytes.subarray(start, start + length));
  };
  const model = follow(0);
  const [codes, buffers] = [tables(model, 1), tables(model, 4)];
  return {
    identifier: new TextDecoder().decode(bytes.subarray(4, 8)),
    version: integer(model, 0),
    operators: codes.map((code) => integer(code, 3)),
    customOperators: codes.filter((code) => field(code, 1) !== null).length,
    misaligned: buffers.filter((buffer) => vector(buffer, 0).start % 16 !== 0).length,
    metadata: Object.fromEntries(
      tables(model, 6).map((entry) => [text(entry, 0), text(buffers[integer(entry, 1)]!, 0)]),
    ),
  };
}
