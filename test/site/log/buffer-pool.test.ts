import { describe, expect, it } from "@jest/globals";
import { BufferPool } from "../../../site/log/buffer-pool.ts";

const kib = 1024;

describe("memory of records under way", () => {
  it("is used again, the smallest that is large enough", () => {
    const pool = new BufferPool(64 * kib);
    const [small, large] = [pool.take(4 * kib), pool.take(16 * kib)];
    pool.give(large);
    pool.give(small);
    expect(pool.take(3 * kib)).toBe(small);
    expect(pool.take(3 * kib)).toBe(large);
    expect(pool.take(3 * kib)).toHaveLength(4 * kib);
  });

  it("is kept up to a size: what was not used for the longest time makes room", () => {
    const pool = new BufferPool(16 * kib);
    const small = [pool.take(4 * kib), pool.take(4 * kib)];
    const large = pool.take(12 * kib);
    for (const buffer of small) pool.give(buffer);
    pool.give(large);
    expect(pool.take(16 * kib)).toBe(large);
    expect(small).not.toContain(pool.take(4 * kib));
  });

  it("is not kept where one buffer is larger than all that may be kept, nor does that push others out", () => {
    const pool = new BufferPool(8 * kib);
    const kept = pool.take(8 * kib);
    pool.give(kept);
    const huge = pool.take(16 * kib);
    pool.give(huge);
    expect(pool.take(16 * kib)).not.toBe(huge);
    expect(pool.take(8 * kib)).toBe(kept);
  });
});
