import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openStateStore, type StateStore, type StateStoreOptions } from "../../../site/broker/state-store.ts";
import { LogClosedError, LogFullError, LogKeyError } from "../../../site/log/ingest-log.ts";
import { Keyring } from "../../../site/seal.ts";
import { anyFileHolds, FaultyDisk, filesBelow, LogBench } from "../log/support.ts";

let bench: LogBench;
let stores: StateStore[];
beforeEach(async () => {
  bench = await LogBench.make();
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close().catch(() => undefined);
  await bench.remove();
});

const folder = (): string => join(bench.root, "state");

async function open(options: Partial<StateStoreOptions> = {}): Promise<StateStore> {
  const store = await openStateStore({ folder: folder(), keyring: bench.keyring, ...options });
  stores.push(store);
  return store;
}

const text = (store: StateStore, key: string): string | undefined => store.get(key)?.toString();

describe("the broker's state", () => {
  test("is what it was when it was flushed, without a close", async () => {
    const store = await open();
    store.set("a/1", Buffer.from("one"));
    store.set("a/2", Buffer.from("two"));
    store.set("b/1", Buffer.from("three"));
    await store.flush();
    store.set("a/2", null);
    store.set("a/1", Buffer.from("new"));
    await store.flush();
    const again = await open();
    expect(text(again, "a/1")).toBe("new");
    expect(again.get("a/2")).toBeUndefined();
    expect([...again.below("b/")].map(([key, value]) => [key, value.toString()])).toEqual([["1", "three"]]);
  });

  test("holds nothing plain, and opens with no other key", async () => {
    const store = await open();
    store.set("retained/devices/press-1/status", Buffer.from("forty degrees"));
    await store.flush();
    expect(await anyFileHolds(folder(), "forty")).toBe(false);
    expect(await anyFileHolds(folder(), "press-1")).toBe(false);
    await expect(open({ keyring: new Keyring(randomBytes(32)) })).rejects.toThrow(LogKeyError);
  });

  test("changes made while one flush runs share the next", async () => {
    const disk = new FaultyDisk();
    const store = await open({ openFile: disk.openFile });
    const sync = disk.holdSyncs();
    const flushes = Array.from({ length: 100 }, (_, index) => {
      store.set(`key${index}`, Buffer.from("x"));
      return store.flush();
    });
    sync.letGo();
    await Promise.all(flushes);
    expect(sync.asked).toBeLessThan(5);
    const again = await open();
    expect([...again.below("key")]).toHaveLength(100);
  });

  test("is written anew as it grows, into one file", async () => {
    const store = await open();
    const large = Buffer.alloc(100_000, 7);
    for (let round = 0; round < 40; round += 1) {
      store.set("key", Buffer.concat([large, Buffer.from(`${round}`)]));
      await store.flush();
    }
    const files = await filesBelow(folder());
    expect(files).toHaveLength(1);
    expect((await readFile(files[0] as string)).length).toBeLessThan(1_500_000);
    const again = await open();
    expect(text(again, "key")?.slice(-2)).toBe("39");
  });

  test("survives a torn tail and a crash in the middle of being written anew", async () => {
    const store = await open();
    store.set("key", Buffer.from("safe"));
    await store.flush();
    const [name = ""] = await readdir(folder());
    const whole = await readFile(join(folder(), name));
    store.set("key", Buffer.from("torn"));
    await store.flush();
    const longer = await readFile(join(folder(), name));
    await writeFile(join(folder(), name), longer.subarray(0, (whole.length + longer.length) >> 1));
    await writeFile(join(folder(), "next.tmp"), whole.subarray(0, 60));
    const damage: object[] = [];
    const again = await open({ onDamage: (report) => damage.push(report) });
    expect(text(again, "key")).toBe("safe");
    expect(damage).toMatchObject([{ kind: "torn tail" }]);
  });

  test("a full disk is told of, and what could not be written is written later", async () => {
    const disk = new FaultyDisk();
    const store = await open({ openFile: disk.openFile });
    store.set("a", Buffer.from("1"));
    disk.fault = { call: "writev", code: "ENOSPC" };
    await expect(store.flush()).rejects.toThrow(LogFullError);
    store.set("b", Buffer.from("2"));
    disk.fault = { call: "datasync", code: "EIO" };
    await expect(store.flush()).rejects.toThrow("refused to write or sync");
    await expect(store.flush()).rejects.toThrow("refused to write or sync");
    disk.fault = null;
    await store.flush();
    const again = await open();
    expect([text(again, "a"), text(again, "b")]).toEqual(["1", "2"]);
  });

  test("takes nothing after its end", async () => {
    const store = await open();
    store.set("a", Buffer.from("1"));
    await store.close();
    await expect(store.flush()).rejects.toThrow(LogClosedError);
    expect(text(await open(), "a")).toBe("1");
  });
});
