/** One run at a time, whoever starts it: a timer that fires twice, a retry while the first one is still at work. */
import { randomUUID } from "node:crypto";
import { insightsFolder } from "../agreements.ts";
import type { InsightPorts } from "./ports.ts";

const key = `${insightsFolder}/_state/lock.json`;

interface Lock {
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Null where another run is at work; else what gives it back. A run that was ended holds it for as long as it might have run. */
export async function takeLock({
  kept,
  container,
  bounds,
  now,
}: InsightPorts): Promise<(() => Promise<void>) | null> {
  const known = await kept.load(container, key);
  if (known !== null && lockIn(known.bytes).until > now()) return null;
  const mine: Lock = { holder: randomUUID(), until: now() + bounds.run };
  let revision = await kept.put(container, key, bytesOf(mine), known?.revision ?? null);
  if (revision === null) {
    // A request whose answer was lost is sent again, and then finds what it has made itself.
    const there = await kept.load(container, key);
    if (there === null || lockIn(there.bytes).holder !== mine.holder) return null;
    revision = there.revision;
  }
  const held = revision;
  return async () => void (await kept.put(container, key, bytesOf({ ...mine, until: 0 }), held));
}

const bytesOf = (lock: Lock): Uint8Array => Buffer.from(JSON.stringify(lock));
const lockIn = (bytes: Uint8Array): Lock => JSON.parse(Buffer.from(bytes).toString()) as Lock;
