/** A repeatable source of noise: normal, mean 0, spread 1 (Box and Muller over a linear congruential generator). */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Daily temperatures, say: a level, a season and noise. */
export function seasonal(count: number, period: number, seed = 1, spread = 0.3): Float64Array {
  const next = noise(seed);
  return Float64Array.from(
    { length: count },
    (_, i) => 20 + 5 * Math.sin((2 * Math.PI * i) / period) + spread * next(),
  );
}
