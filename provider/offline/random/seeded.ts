/**
 * The generator behind the property `seed`: Go's math/rand with a source made from a seed, whose values are
 * promised never to change (go.dev/blog/randv2). The real provider takes it for RandomShuffle and
 * RandomInteger, so the same seed gives the same result here. It is no source of secrets.
 *
 * The source is an additive lagged Fibonacci generator, y[n] = y[n-607] + y[n-273] modulo 2^64. A seed is
 * mixed with the state of the same recurrence after 7.8e12 steps, a table of 607 numbers in Go's source;
 * here that state is computed, by raising x to that power modulo the characteristic polynomial.
 */

const length = 607;
const tap = 273;
const mask64 = (1n << 64n) - 1n;

/** How many steps lie before the state that seeds are mixed with (Go: src/math/rand/gen_cooked.go). */
const stepsToMixture = 7_800_000_000_000n;

/** A Lehmer generator modulo 2^31 - 1; fills the state from a seed. */
const lehmer = { multiplier: 48_271n, modulus: (1n << 31n) - 1n, discarded: 20, insteadOfZero: 89_482_311n };

/** A position in the state counts from its end; the state starts being read here. */
const start = length - tap;

const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index];
  if (value === undefined) throw new RangeError(`index ${index} of ${list.length}`);
  return value;
};

/** 607 numbers of three Lehmer values each, shifted by `shift` against one another. */
const lehmerState = (seed: bigint, shift: bigint): bigint[] => {
  const remainder = ((seed % lehmer.modulus) + lehmer.modulus) % lehmer.modulus;
  let value = remainder === 0n ? lehmer.insteadOfZero : remainder;
  const next = (): bigint => (value = (value * lehmer.multiplier) % lehmer.modulus);
  for (let index = 0; index < lehmer.discarded; index++) next();
  return Array.from({ length }, () => ((next() << (2n * shift)) ^ (next() << shift) ^ next()) & mask64);
};

/** Coefficients are multiplied packed into one big number; a slot holds 607 products of 64-bit numbers. */
const slotHexDigits = 36;

const pack = (coefficients: readonly bigint[]): bigint =>
  BigInt(
    `0x${coefficients
      .map((c) => c.toString(16).padStart(slotHexDigits, "0"))
      .reverse()
      .join("")}`,
  );

const unpack = (packed: bigint, count: number): bigint[] => {
  const hex = packed.toString(16).padStart(count * slotHexDigits, "0");
  return Array.from({ length: count }, (_, index) => {
    const end = hex.length - index * slotHexDigits;
    return BigInt(`0x${hex.slice(end - slotHexDigits, end)}`) & mask64;
  });
};

/** Reduces modulo the characteristic polynomial: x^607 = x^334 + 1. */
const reduce = (coefficients: bigint[]): bigint[] => {
  for (let power = coefficients.length - 1; power >= length; power--) {
    const coefficient = at(coefficients, power);
    const low = power - length;
    coefficients[low] = (at(coefficients, low) + coefficient) & mask64;
    coefficients[low + start] = (at(coefficients, low + start) + coefficient) & mask64;
  }
  return coefficients.slice(0, length);
};

/** x to the power of `exponent` modulo the characteristic polynomial, as 607 coefficients. */
const powerOfX = (exponent: bigint): bigint[] => {
  let result: bigint[] = [1n, ...Array<bigint>(length - 1).fill(0n)];
  for (const bit of exponent.toString(2)) {
    const packed = pack(result);
    result = reduce(unpack(packed * packed, 2 * length - 1));
    if (bit === "1") result = reduce([0n, ...result]);
  }
  return result;
};

/** The place in the state of the value made in step `step`; the steps before the first count down from 0. */
const placeOf = (step: bigint): number => {
  const modulus = BigInt(length);
  return Number((((BigInt(start) - step) % modulus) + modulus) % modulus);
};

const computeMixture = (): bigint[] => {
  const initial = lehmerState(1n, 10n);
  const sequence = Array.from({ length }, (_, index) => at(initial, placeOf(BigInt(index - length + 1))));
  while (sequence.length < 2 * length) {
    sequence.push((at(sequence, sequence.length - length) + at(sequence, sequence.length - tap)) & mask64);
  }
  const coefficients = powerOfX(stepsToMixture);
  const mixture = Array<bigint>(length).fill(0n);
  for (let index = 0; index < length; index++) {
    const sum = coefficients.reduce((total, c, power) => total + c * at(sequence, index + power), 0n);
    mixture[placeOf(stepsToMixture - BigInt(length - 1 - index))] = sum & mask64;
  }
  return mixture;
};

let mixture: readonly bigint[] | undefined;

/** CRC-64 as in ISO 3309, reflected, with all bits set before and after (Go: hash/crc64). */
const crc64 = (bytes: Uint8Array): bigint => {
  let crc = mask64;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xd800000000000000n : crc >> 1n;
  }
  return crc ^ mask64;
};

/** A repeatable sequence of numbers. */
export class SeededNumbers {
  readonly #state: bigint[];
  #tapPlace = 0;
  #feedPlace = start;

  /** Starts the sequence of a seed. The first use in a process takes a few tenths of a second. */
  constructor(seed: string) {
    mixture ??= computeMixture();
    const number = BigInt.asIntN(64, crc64(Buffer.from(seed, "utf8")));
    const mixed = mixture;
    this.#state = lehmerState(number, 20n).map((value, index) => value ^ at(mixed, index));
  }

  /** A number of 63 bits. */
  #next63(): bigint {
    this.#tapPlace = (this.#tapPlace + length - 1) % length;
    this.#feedPlace = (this.#feedPlace + length - 1) % length;
    const value = (at(this.#state, this.#feedPlace) + at(this.#state, this.#tapPlace)) & mask64;
    this.#state[this.#feedPlace] = value;
    return value & (mask64 >> 1n);
  }

  /** A whole number from 0 to below `bound`, which must be positive. Go draws 31 bits where they suffice. */
  below(bound: bigint): bigint {
    const bits = bound <= lehmer.modulus ? 31n : 63n;
    const draw = (): bigint => this.#next63() >> (63n - bits);
    if ((bound & (bound - 1n)) === 0n) return draw() & (bound - 1n);
    const range = 1n << bits;
    const largest = range - 1n - (range % bound);
    let value = draw();
    while (value > largest) value = draw();
    return value % bound;
  }
}
