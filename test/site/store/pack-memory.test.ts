import { expect, test } from "@jest/globals";
import { blockBytes, PackMemory, type MemoryPiece } from "../../../site/store/pack-memory.ts";

const bytesOf = ({ memory, start }: MemoryPiece, bytes: number): Uint8Array =>
  new Uint8Array(memory, start, bytes);

test("a piece is zeros and nobody else's, also where others lay before", () => {
  const memory = new PackMemory();
  for (let round = 0; round < 3; round++) {
    const pieces = Array.from({ length: 50 }, (_, index) => {
      const piece = memory.take(100_000 - index);
      const bytes = bytesOf(piece, 100_000 - index);
      expect(bytes.every((byte) => byte === 0)).toBe(true);
      bytes.fill(index + 1);
      return { piece, index };
    });
    for (const { piece, index } of pieces) {
      expect(bytesOf(piece, 100_000 - index).every((byte) => byte === index + 1)).toBe(true);
    }
    for (const { piece } of pieces) memory.giveBack(piece.block);
  }
});

test("what comes and goes takes the memory of what is there at a time", () => {
  const memory = new PackMemory();
  const there: MemoryPiece[] = [];
  for (let round = 0; round < 5000; round++) {
    there.push(memory.take(1000 + ((round * 7919) % 50_000)));
    if (there.length > 100) memory.giveBack(there.shift()?.block ?? -1);
  }
  // 100 pieces of 26 kB, and a block at either end that is not full.
  expect(memory.bytes).toBeLessThanOrEqual(5 * blockBytes);
});

test("a piece that is larger than a block is let go of when it is given back", () => {
  const memory = new PackMemory();
  const small = memory.take(10);
  const large = memory.take(3 * blockBytes);
  expect(bytesOf(large, 3 * blockBytes)).toHaveLength(3 * blockBytes);
  expect(memory.take(10).block).toBe(small.block);
  memory.giveBack(large.block);
  expect(memory.bytes).toBe(blockBytes);
});
