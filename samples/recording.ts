/**
 * The recording that the sample fleet plays: `basic-motions.csv`, forty cases of ten seconds at 10 Hz
 * from a smart watch on people who stand, run, walk and play badminton (source: samples/README.md).
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What the person was doing, as the data set labels it. */
export const activities = ["Standing", "Running", "Walking", "Badminton"] as const;
export type Activity = (typeof activities)[number];

/** The axes of one sample, in the order of the file. The data set states no unit. */
export const axes = ["accel_x", "accel_y", "accel_z", "gyro_x", "gyro_y", "gyro_z"] as const;

export interface RecordedCase {
  /** 1-40, as in the file. */
  readonly number: number;
  readonly activity: Activity;
  /** One entry a sample, six values in the order of {@link axes}. */
  readonly samples: readonly (readonly number[])[];
}

/** Samples a second of the recording. */
export const sampleRate = 10;

const header = ["case", "activity", "t_s", ...axes].join(",");

/** The file is not the recording that the samples are made of: says which line and why. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

/** The cases of a recording in the layout of `basic-motions.csv`. Throws {@link RecordingError}. */
export function parseRecording(text: string, file = "recording"): RecordedCase[] {
  const [first, ...lines] = text.trimEnd().split(/\r?\n/);
  if (first !== header) throw new RecordingError(`${file}:1: header is "${first}", expected "${header}"`);
  const cases: { number: number; activity: Activity; samples: number[][] }[] = [];
  lines.forEach((line, index) => {
    const fault = (why: string) => new RecordingError(`${file}:${index + 2}: ${why}`);
    const cells = line.split(",");
    if (cells.length !== 3 + axes.length) throw fault(`${cells.length} columns, expected ${3 + axes.length}`);
    const activity = activities.find((known) => known === cells[1]);
    if (activity === undefined) {
      throw fault(`activity "${cells[1]}" is unknown; allowed: ${activities.join(", ")}`);
    }
    const numbers = [cells[0], ...cells.slice(2)].map((cell) => (cell === "" ? Number.NaN : Number(cell)));
    const bad = numbers.findIndex((value) => !Number.isFinite(value));
    if (bad !== -1) throw fault(`column ${bad === 0 ? 1 : bad + 2} is not a number`);
    const [number, seconds, ...values] = numbers as [number, number, ...number[]];
    let current = cases.at(-1);
    if (current?.number !== number) {
      current = { number, activity, samples: [] };
      cases.push(current);
    }
    const expected = current.samples.length / sampleRate;
    if (Math.abs(seconds - expected) > 1e-6) {
      throw fault(`t_s is ${seconds}, expected ${expected}: samples follow each other at ${sampleRate} Hz`);
    }
    if (current.activity !== activity) throw fault(`case ${number} changes its activity to ${activity}`);
    current.samples.push(values);
  });
  return cases;
}

/** `samples/basic-motions.csv`. */
export function readRecording(): RecordedCase[] {
  const file = fileURLToPath(new URL("basic-motions.csv", import.meta.url));
  return parseRecording(readFileSync(file, "utf8"), "samples/basic-motions.csv");
}
