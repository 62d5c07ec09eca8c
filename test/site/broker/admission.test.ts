import { describe, expect, test } from "@jest/globals";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { Admission } from "../../../site/broker/admission.ts";
import { TokenBucket } from "../../../site/broker/token-bucket.ts";

class FakeSocket extends EventEmitter {
  isDestroyed = false;
  readonly remoteAddress: string;
  constructor(address: string) {
    super();
    this.remoteAddress = address;
  }
  destroy(): void {
    this.isDestroyed = true;
    this.emit("close");
  }
}

const socket = (address: string): Socket & FakeSocket => new FakeSocket(address) as never;

describe("a token bucket", () => {
  test("gives a second's worth at once, then so many a second", () => {
    const bucket = new TokenBucket(10, 1000);
    expect(Array.from({ length: 12 }, () => bucket.tryTake(1000)).filter(Boolean)).toHaveLength(10);
    expect(bucket.tryTake(1099)).toBe(false);
    expect(bucket.tryTake(1100)).toBe(true);
    expect(bucket.isFull(1200)).toBe(false);
    expect(bucket.isFull(2200)).toBe(true);
  });

  test("says how long a debt takes", () => {
    const bucket = new TokenBucket(10, 0);
    for (let taken = 0; taken < 10; taken += 1) expect(bucket.take(0)).toBe(0);
    expect(bucket.take(0)).toBe(100);
    expect(bucket.take(0)).toBe(200);
    expect(bucket.take(300)).toBe(0);
  });

  test("a clock that is set back neither gives nor takes", () => {
    const bucket = new TokenBucket(1, 10_000);
    expect(bucket.tryTake(10_000)).toBe(true);
    expect(bucket.tryTake(5_000)).toBe(false);
    expect(bucket.tryTake(6_000)).toBe(true);
  });
});

describe("admission to a handshake", () => {
  test("is limited by address, and one address does not use up another's", () => {
    const refused: string[] = [];
    const admission = new Admission(3, 10, (refusal) => refused.push(refusal));
    const admitted = Array.from({ length: 5 }, () => admission.admit(socket("10.0.0.1"), 0));
    expect(admitted).toEqual([true, true, true, false, false]);
    expect(admission.admit(socket("10.0.0.2"), 0)).toBe(true);
    expect(admission.admit(socket("10.0.0.1"), 400)).toBe(true);
    expect(refused).toEqual(Array(2).fill("too many handshakes from one address"));
  });

  test("ends handshakes that take too long, and no others", () => {
    const refused: string[] = [];
    const admission = new Admission(100, 2, (refusal) => refused.push(refusal));
    const [slow, done, young] = [socket("a"), socket("b"), socket("c")];
    admission.admit(slow, 0);
    admission.admit(done, 0);
    admission.admit(young, 1500);
    admission.finished(done);
    admission.check(2000);
    expect([slow.isDestroyed, done.isDestroyed, young.isDestroyed]).toEqual([true, false, false]);
    expect(refused).toEqual(["handshake too slow"]);
  });

  test("a flood ends the oldest unfinished handshake, not the newcomer", () => {
    const admission = new Admission(1_000_000, 10, () => undefined);
    const sockets = Array.from({ length: 1030 }, (_, index) => socket(`10.0.${index >> 8}.${index & 255}`));
    for (const one of sockets) expect(admission.admit(one, 0)).toBe(true);
    expect(sockets.filter(({ isDestroyed }) => isDestroyed)).toEqual(sockets.slice(0, 6));
  });
});
