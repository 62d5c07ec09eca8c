/**
 * The sum of `values[i] * values[i - lag]` for each lag from 0 to `most`: by the fast Fourier transform (Cooley and Tukey,
 * 1965; the autocorrelation is the transform of the power spectrum, Wiener and Khinchin), because thousands of lags of
 * thousands of values would be the dearest part of looking for a season.
 */
export function laggedProducts(values: Float64Array, most: number): Float64Array {
  let size = 2;
  while (size < values.length + most + 1) size *= 2;
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return new Float64Array(most + 1);
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  values.forEach((value, i) => (real[i] = value / largest));
  transform(real, imaginary);
  for (let i = 0; i < size; i++) {
    real[i] = real[i]! ** 2 + imaginary[i]! ** 2;
    imaginary[i] = 0;
  }
  transform(real, imaginary);
  return Float64Array.from(
    { length: most + 1 },
    (_, lag) => (lag < values.length ? real[lag]! / size : 0) * largest * largest,
  );
}

/** In place, radix 2; the length is a power of two. */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [real[i], real[j]] = [real[j]!, real[i]!];
      [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
    }
  }
  for (let span = 2; span <= size; span *= 2) {
    const half = span >> 1;
    for (let k = 0; k < half; k++) {
      const cosine = Math.cos((-2 * Math.PI * k) / span);
      const sine = Math.sin((-2 * Math.PI * k) / span);
      for (let even = k; even < size; even += span) {
        const odd = even + half;
        const x = real[odd]! * cosine - imaginary[odd]! * sine;
        const y = real[odd]! * sine + imaginary[odd]! * cosine;
        real[odd] = real[even]! - x;
        imaginary[odd] = imaginary[even]! - y;
        real[even]! += x;
        imaginary[even]! += y;
      }
    }
  }
}
