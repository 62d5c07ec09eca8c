import { expect, test } from "@jest/globals";
import {
  mostCounters,
  sharedAllowance,
  type CounterStep,
  type SharedCounters,
} from "../../../fleet/est/allowance.ts";

const key = new Uint8Array(32).fill(7);
const most = 200;
const windowMs = 10_000;

/** As a store keeps them; counts how often it is asked. */
function counters(): SharedCounters & { asked: number; readonly names: Set<string> } {
  const kept = new Map<string, CounterStep & { taken: number }>();
  return {
    asked: 0,
    names: new Set(),
    async add(counter, step) {
      this.asked += 1;
      this.names.add(counter);
      const former = kept.get(counter);
      const taken = former?.window === step.window ? former.taken : 0;
      if (taken + step.portion > step.most) return false;
      kept.set(counter, { ...step, taken: taken + step.portion });
      return true;
    },
  };
}

async function letThrough(ask: () => Promise<number>, times: number): Promise<number> {
  const waits = await Promise.all(Array.from({ length: times }, ask));
  return waits.filter((seconds) => seconds === 0).length;
}

test("a caller gets so much of all instances together, and as much again in the next window", async () => {
  const shared = counters();
  let at = 1_000;
  const instance = () => sharedAllowance(shared, { most, windowMs, key, now: () => at });
  const instances = [instance(), instance(), instance()];
  const through = await Promise.all(instances.map((one) => letThrough(() => one("203.0.113.7"), most)));
  expect(through.reduce((sum, one) => sum + one)).toBe(most);
  expect(await instances[0]?.("203.0.113.7")).toBe(9);
  expect(await instances[1]?.("203.0.113.8")).toBe(0);
  at = 10_000;
  expect(await instances[2]?.("203.0.113.7")).toBe(0);
});

test("a caller that asks without end costs some writes a window and instance, and counters are so many at most", async () => {
  const shared = counters();
  const one = sharedAllowance(shared, { most, windowMs, key, now: () => 0 });
  expect(await letThrough(() => one("203.0.113.7"), 5_000)).toBe(most);
  expect(shared.asked).toBeLessThan(20);
  await Promise.all(Array.from({ length: 20_000 }, (_, caller) => one(`caller ${caller}`)));
  expect(shared.names.size).toBeLessThanOrEqual(mostCounters);
  expect(shared.names.size).toBeGreaterThan(mostCounters / 2);
});

test("whose counter it is only the fleet's key tells", async () => {
  const named = async (other: Uint8Array): Promise<string> => {
    const shared = counters();
    await sharedAllowance(shared, { most, windowMs, key: other })("203.0.113.7");
    return [...shared.names].join();
  };
  expect(await named(key)).not.toBe(await named(new Uint8Array(32).fill(8)));
});

test("where the counters can't be had nobody is let through, and the next one asks again", async () => {
  let isAway = true;
  const shared = counters();
  const failing: SharedCounters = {
    add: async (counter, step) => {
      if (isAway) throw new Error("the table is away");
      return shared.add(counter, step);
    },
  };
  const one = sharedAllowance(failing, { most, windowMs, key });
  await expect(one("203.0.113.7")).rejects.toThrow("the table is away");
  isAway = false;
  expect(await one("203.0.113.7")).toBe(0);
});
