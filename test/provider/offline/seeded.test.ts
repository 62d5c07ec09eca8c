/** The seeded generator against Go's: numbers printed by a Go 1.26 program with math/rand and hash/crc64. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { drawSecurely, permutation } from "../../../provider/offline/random/numbers.ts";
import { SeededNumbers } from "../../../provider/offline/random/seeded.ts";

test.each<[string, bigint[], number[]]>([
  ["abc", [199_444n, 0n, 516_571_760_653n, 4_767_907_337_871_415n], [5, 2, 3, 1, 0, 6, 4]],
  ["s", [725_972n, 4n, 349_265_910_893n, 5_522_902_860_513_367n], [4, 5, 3, 2, 0, 6, 1]],
  ["", [793_274n, 2n, 1_070_779_517_043n, 5_837_491_528_443_619n], [5, 6, 0, 4, 2, 1, 3]],
  ["ü", [883_952n, 3n, 584_953_912_154n, 4_643_831_767_703_543n], [5, 0, 2, 6, 1, 3, 4]],
  ["x1", [53_453n, 5n, 2_859_828_855n, 7_458_275_807_740_829n], [5, 1, 0, 2, 4, 3, 6]],
])('the seed "%s" draws below 1e6, 8, 2^40 and 2^53 - 7, then permutes 7', (seed, numbers, order) => {
  const seeded = new SeededNumbers(seed);
  const draw = (bound: bigint): bigint => seeded.below(bound);
  expect([1_000_000n, 8n, 1n << 40n, (1n << 53n) - 7n].map(draw)).toEqual(numbers);
  expect(permutation(7, draw)).toEqual(order);
});

describe("numbers without a seed", () => {
  test("lie below their bound and reach each value", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 1n << 70n }), (bound) => {
        const value = drawSecurely(bound);
        expect(value >= 0n && value < bound).toBe(true);
      }),
    );
    const seen = new Set(Array.from({ length: 400 }, () => drawSecurely(5n)));
    expect([...seen].sort()).toEqual([0n, 1n, 2n, 3n, 4n]);
  });

  test("favour none, where the bound is no power of two", () => {
    // A byte taken modulo 171 would lie below 85 in 170 of 256 cases, not in 85 of 171.
    const draws = 20_000;
    const low = Array.from({ length: draws }, () => drawSecurely(171n)).filter((value) => value < 85n).length;
    expect(Math.abs(low / draws - 85 / 171)).toBeLessThan(0.05);
  });

  test("order every list as a permutation of it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), (length) => {
        const order = permutation(length, drawSecurely);
        expect([...order].sort((one, other) => one - other)).toEqual(
          Array.from({ length }, (_, index) => index),
        );
      }),
    );
  });
});
