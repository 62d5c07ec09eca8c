/** 64-bit integers: a number wherever that is exact, else a bigint. */

const word = 4_294_967_296;

/** From unsigned halves. */
export function unsigned64(high: number, low: number): number | bigint {
  return high < 0x20_0000 ? high * word + low : BigInt(high) * BigInt(word) + BigInt(low);
}

/** From halves of which the high one is signed. */
export function signed64(high: number, low: number): number | bigint {
  const exact = high < 0x20_0000 && (high > -0x20_0000 || (high === -0x20_0000 && low > 0));
  return exact ? high * word + low : BigInt(high) * BigInt(word) + BigInt(low);
}

/** A bigint as a number wherever that is exact. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
