/** A detector as bytes: what it knows, bit for bit, so that the one that is read goes on as the one that was written. */
import type { DetectorState } from "./detector.ts";
import type { TailState } from "./tail.ts";

/** Goes up with each change of what a detector knows: a state of another one is none. */
const version = 3;

/** Numbers of 64 bits: lengths and scalars first, then the arrays. */
export function encodeDetector(state: DetectorState): Uint8Array {
  const { seen, latest, baseline, spikes, shifts, stuck } = state;
  const season = baseline?.season ?? [];
  const numbers = Float64Array.from([
    ...[version, seen.length, latest.length, season.length, spikes.sizes.length, shifts.sizes.length],
    ...[state.count, state.known, state.nextLearning, state.before, state.recent, state.shifted],
    ...[baseline?.level ?? 0, baseline?.place ?? 0, baseline?.scale ?? 0, baseline?.least ?? 0],
    ...[spikes.next, spikes.sinceFit, spikes.limit, shifts.next, shifts.sinceFit, shifts.limit],
    ...[stuck.value, stuck.run, stuck.longest, stuck.changes],
    ...[...seen, ...latest, ...season, ...spikes.sizes, ...shifts.sizes],
  ]);
  return bytesOf(numbers);
}

/** Null where the bytes are no state of this version. */
export function decodeDetector(bytes: Uint8Array): DetectorState | null {
  const numbers = numbersIn(bytes);
  if (numbers?.[0] !== version) return null;
  let at = 1;
  const next = (): number => numbers[at++] ?? Number.NaN;
  const lengths = [next(), next(), next(), next(), next()] as const;
  const [count, known, nextLearning] = [next(), next(), next()];
  const [before, recent, shifted] = [next(), next(), next()];
  const [level, place, scale, least] = [next(), next(), next(), next()];
  const tail = (): Omit<TailState, "sizes"> => ({ next: next(), sinceFit: next(), limit: next() });
  const [spikes, shifts] = [tail(), tail()];
  const stuck = { value: next(), run: next(), longest: next(), changes: next() };
  if (numbers.length !== lengths.reduce((sum, length) => sum + length, at)) return null;
  const take = (length: number): number[] => [...numbers.subarray(at, (at += length))];
  const [seen, latest, season] = [take(lengths[0]), take(lengths[1]), take(lengths[2])];
  return {
    ...{ seen, latest, count, known, nextLearning, before, recent, shifted, stuck },
    baseline: season.length === 0 ? null : { season, level, place, scale, least },
    spikes: { sizes: take(lengths[3]), ...spikes },
    shifts: { sizes: take(lengths[4]), ...shifts },
  };
}

/** Little-endian, as every machine that runs this keeps them. */
export const bytesOf = (numbers: Float64Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** Null where the bytes are no whole numbers of 64 bits. */
export const numbersIn = (bytes: Uint8Array): Float64Array | null =>
  bytes.byteLength % 8 === 0 ? new Float64Array(Uint8Array.from(bytes).buffer) : null;
