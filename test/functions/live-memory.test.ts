import { expect, test } from "@jest/globals";
import { LiveMemory } from "../support/live-memory.ts";

test("a bound of memory counts what is held, not what is garbage", () => {
  const held: Buffer[] = [];
  const memory = new LiveMemory(60e6);
  for (let index = 0; index < 50; index += 1) {
    Buffer.alloc(5e6, 1);
    memory.look();
  }
  expect(memory.end()).toBeLessThan(60e6);
  for (let index = 0; index < 20; index += 1) held.push(Buffer.alloc(5e6, 1));
  expect(memory.end()).toBeGreaterThan(60e6);
  expect(held).toHaveLength(20);
});
