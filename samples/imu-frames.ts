/** The recording as a wrist band sends it: binary frames by the layout that the profile `wearable-imu` declares. */
import { frameEncoder } from "../functions/core/formats/raw-binary-encode.ts";
import type { FrameLayout } from "../functions/core/formats/raw-binary-layout.ts";
import type { Micros } from "../functions/core/model.ts";
import { axes, sampleRate, type RecordedCase } from "./recording.ts";

/** Samples of one frame; the layout's `repeat.count`. */
export const samplesOfFrame = 4;

export interface ImuFrame {
  readonly bytes: Uint8Array;
  /** Of its first sample. */
  readonly time: Micros;
}

/**
 * The frames of the cases played one after the other, numbered from 0. Deterministic: the same cases and base give
 * the same bytes. Throws where a value does not fit the layout.
 */
export function imuFrames(layout: FrameLayout, cases: readonly RecordedCase[], base: Micros): ImuFrame[] {
  const encode = frameEncoder(layout);
  const frames: ImuFrame[] = [];
  const period = 1_000_000 / sampleRate;
  for (const { activity, samples } of cases) {
    for (let at = 0; at + samplesOfFrame <= samples.length; at += samplesOfFrame) {
      const sequence = frames.length;
      const time = base + sequence * samplesOfFrame * period;
      const header = {
        activity: activity.toLowerCase(),
        sequence,
        time: time / 1000,
        sample_period: 1 / sampleRate,
      };
      const values = samples
        .slice(at, at + samplesOfFrame)
        .map((sample) => Object.fromEntries(axes.map((axis, index) => [axis, sample[index] ?? null])));
      frames.push({ bytes: encode(header, values), time });
    }
  }
  return frames;
}
