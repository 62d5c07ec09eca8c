/** What slower devices measure of the same people: one summary a second over the samples of that second. */
import { sampleRate, type Activity, type RecordedCase } from "./recording.ts";

export interface SecondSummary {
  /** Seconds since the beginning; the summary covers the second that ends there. */
  readonly end: number;
  readonly activity: Activity;
  /** Mean and largest magnitude of the acceleration, in the recording's unstated unit, to three decimals. */
  readonly meanAcceleration: number;
  readonly peakAcceleration: number;
  /** Mean magnitude of the rotation. */
  readonly meanRotation: number;
  /** Upward crossings of zero of the first acceleration axis so far. */
  readonly strokes: number;
}

/** Three decimals: what a sensor would send, and the same text on every machine. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const magnitude = (x = 0, y = 0, z = 0): number => Math.hypot(x, y, z);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * @param people the cases of each person, played one after the other; all people play at the same time
 */
export function summarise(people: readonly (readonly RecordedCase[])[]): SecondSummary[] {
  const played = people.map((cases) =>
    cases.flatMap(({ activity, samples }) => samples.map((sample) => ({ activity, sample }))),
  );
  const summaries: SecondSummary[] = [];
  let strokes = 0;
  const seconds = Math.min(...played.map(({ length }) => Math.floor(length / sampleRate)));
  for (let second = 0; second < seconds; second++) {
    const [from, to] = [second * sampleRate, (second + 1) * sampleRate];
    const samples = played.flatMap((person) => person.slice(from, to).map(({ sample }) => sample));
    const accelerations = samples.map(([x, y, z]) => magnitude(x, y, z));
    strokes += played.reduce(
      (sum, person) =>
        sum +
        person
          .slice(from, to)
          .filter(
            ({ sample }, index) => (sample[0] ?? 0) >= 0 && (person[from + index - 1]?.sample[0] ?? 0) < 0,
          ).length,
      0,
    );
    summaries.push({
      end: second + 1,
      activity: played[0]?.[from]?.activity ?? "Standing",
      meanAcceleration: rounded(mean(accelerations)),
      peakAcceleration: rounded(Math.max(...accelerations)),
      meanRotation: rounded(mean(samples.map(([, , , x, y, z]) => magnitude(x, y, z)))),
      strokes,
    });
  }
  return summaries;
}
