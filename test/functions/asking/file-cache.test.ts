/** Files that questions share on an instance's disk. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { DamagedFile } from "../../../functions/asking/damaged-files.ts";
import { FileCache, type CachedFile } from "../../../functions/asking/file-cache.ts";

const root = mkdtempSync(join(tmpdir(), "fieldlake-cache-"));
const folder = join(root, "cache");
afterAll(() => rmSync(root, { recursive: true }));

let reads: string[];
let cache: FileCache;
beforeEach(() => {
  reads = [];
  cache = new FileCache(folder, 20);
});
const file = (name: string, bytes = 10): CachedFile => ({
  ...{ name, bytes },
  async read() {
    reads.push(name);
    return new Uint8Array(bytes);
  },
});

const isHere = (name: string): boolean => existsSync(join(folder, `${name}.parquet`));

test("are read once for all that ask at the same time and after, and lie there whole", async () => {
  const held = await Promise.all([cache.hold([file("a")]), cache.hold([file("a"), file("b")])]);
  expect(readFileSync(String(held[0].pathOf("a")))).toHaveLength(10);
  for (const { release } of held) release();
  (await cache.hold([file("b"), file("a")])).release();
  expect(reads).toEqual(["a", "b"]);
});

test("go where there is no room, the longest unused first; those that are held stay", async () => {
  await cache.hold([file("a")]);
  (await cache.hold([file("b")])).release();
  const third = await cache.hold([file("c")]);
  expect(["a", "b", "c"].map(isHere)).toEqual([true, false, true]);
  await expect(cache.hold([file("d")])).rejects.toMatchObject({ name: "BusyError" });
  third.release();
  // Released twice is released once.
  third.release();
  await cache.hold([file("a"), file("d")]);
  expect(["a", "c", "d"].map(isHere)).toEqual([true, false, true]);
  expect(reads).toEqual(["a", "b", "c", "d"]);
});

test("that could not be read are asked for again, and hold no room", async () => {
  const broken = { ...file("a", 20), read: () => Promise.reject(new Error("no network")) };
  await expect(cache.hold([broken])).rejects.toThrow("no network");
  const held = await cache.hold([file("a", 20)]);
  expect(readFileSync(String(held.pathOf("a")))).toHaveLength(20);
});

test("that are damaged are named, and the others held; behind any other failure nothing waits for ever", async () => {
  const damaged = { ...file("a", 1), read: () => Promise.reject(new DamagedFile("a is damaged")) };
  const held = await cache.hold([damaged, file("b")]);
  expect([...held.damaged.keys()]).toEqual(["a"]);
  expect([held.pathOf("a"), held.pathOf("c")]).toEqual([undefined, undefined]);
  expect(readFileSync(String(held.pathOf("b")))).toHaveLength(10);
  held.release();
  const many = Array.from({ length: 20 }, (_, index) => file(`n${index}`, 0));
  const fails = { read: () => Promise.reject(new Error("no network")) };
  await expect(cache.hold(many.map((one) => ({ ...one, ...fails })))).rejects.toThrow("no network");
  (await cache.hold(many)).release();
});

test("of an earlier process are gone", () => {
  writeFileSync(join(folder, "left.parquet"), "x");
  new FileCache(folder, 20);
  expect(existsSync(join(folder, "left.parquet"))).toBe(false);
});
