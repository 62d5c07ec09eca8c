/** Labelled stretches to train from: of the sample recording, or of the lake's fast devices whose messages carry a label. */
import { createHash } from "node:crypto";
import { quoteIdentifier, reservedFrameColumns } from "../../functions/core/table.ts";
import type { LabelledRun } from "../../functions/models/classifier.ts";
import { axes as sampleAxes, readRecording, sampleRate } from "../../samples/recording.ts";
import type { CommandContext } from "../commands/context.ts";
import { CommandError, exitCodes } from "../errors.ts";

export interface TrainingData {
  readonly axes: readonly string[];
  /** Microseconds from sample to sample. */
  readonly period: number;
  readonly runs: readonly LabelledRun[];
  readonly source: string;
  /** Of everything in `runs`. */
  readonly sha256: string;
  readonly codecs: readonly string[];
}

export interface LakeSource {
  /** A `frames_…` table. */
  readonly table: string;
  /** Metric of the same messages that says what was going on. */
  readonly label: string;
  /** Default: all columns of numbers. */
  readonly axes?: readonly string[];
}

type Site = CommandContext["site"];

/** Rows that a command takes into memory. */
export const mostRows = 500_000;
/** Times that are further apart than so many periods do not follow each other. */
const mostApart = 1.5;

export function sampleRuns(): TrainingData {
  const period = 1_000_000 / sampleRate;
  const runs = readRecording().map(({ activity, samples }) => ({
    label: activity.toLowerCase(),
    samples: samples.map((values, index) => ({ time: index * period, values })),
  }));
  return described([...sampleAxes], period, runs, "samples/basic-motions.csv", []);
}

/** Rejects with {@link CommandError} where the lake has no such table, label or rows. */
export async function lakeRuns({ table, label, axes: named }: LakeSource, site: Site): Promise<TrainingData> {
  const axes = named ?? (await frameAxes(table, site));
  const codecs = new Set<string>();
  const columns = axes.map((axis) => `f.${quoteIdentifier(axis)}`).join(", ");
  const { rows, truncated } = await site.query(
    `SELECT f.device_id, epoch_us(f.ts), r.value_text, f.codec || '@' || f.codec_version, ${columns}
     FROM ${quoteIdentifier(table)} f
     JOIN (SELECT DISTINCT device_id, msg_id, value_text FROM readings WHERE metric = ? AND value_text IS NOT NULL) r
       ON r.device_id = f.device_id AND r.msg_id = f.msg_id
     ORDER BY f.device_id, f.ts`,
    { parameters: [label], maxRows: mostRows },
  );
  if (truncated)
    throw new CommandError(
      `${table} has more than ${mostRows} labelled rows`,
      exitCodes.failed,
      "train from a part of them",
    );
  if (rows.length === 0)
    throw new CommandError(
      `no row of ${table} has a text ${label} in the same message`,
      exitCodes.failed,
      "the label is a metric of readings that the device sends in the message of its frames",
    );
  const samples = rows.map(([device, time, text, codec, ...values]) => {
    codecs.add(String(codec));
    return {
      device: String(device),
      time: Number(time),
      label: String(text),
      values: values.map(numberOrNull),
    };
  });
  const period = usualDistance(samples);
  const runs: { label: string; device: string; samples: LabelledRun["samples"][number][] }[] = [];
  for (const { device, time, label: text, values } of samples) {
    const last = runs.at(-1);
    const before = last?.samples.at(-1);
    const follows =
      last?.device === device && last.label === text && time - (before?.time ?? 0) <= mostApart * period;
    if (follows) last.samples.push({ time, values });
    else runs.push({ label: text, device, samples: [{ time, values }] });
  }
  return described(axes, period, runs, `${table} by ${label}`, [...codecs].toSorted());
}

/** The columns of numbers of a frame table. Rejects with {@link CommandError} where there is none of that name. */
export async function frameAxes(table: string, site: Site): Promise<readonly string[]> {
  const { rows } = await site.query(
    "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = ? ORDER BY ordinal_position",
    { parameters: [table] },
  );
  const axes = rows.filter(
    ([name, type]) => type === "DOUBLE" && !reservedFrameColumns.includes(String(name)),
  );
  if (table.startsWith("frames_") && axes.length > 0) return axes.map(([name]) => String(name));
  const known = await site.query(
    "SELECT DISTINCT table_name FROM information_schema.tables WHERE starts_with(table_name, 'frames_')",
  );
  throw new CommandError(
    `the lake has no table ${table} of fast devices`,
    exitCodes.usage,
    `there are: ${known.rows.map(([name]) => String(name)).join(", ") || "none"}`,
  );
}

const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** Median of what is between neighbours of a device. */
function usualDistance(samples: readonly { readonly device: string; readonly time: number }[]): number {
  const distances = samples
    .map(({ device, time }, index) =>
      samples[index - 1]?.device === device ? time - samples[index - 1]!.time : 0,
    )
    .filter((distance) => distance > 0)
    .toSorted((one, other) => one - other);
  const median = distances[distances.length >> 1];
  if (median === undefined)
    throw new CommandError("there are no two samples that follow each other", exitCodes.failed);
  return median;
}

function described(
  axes: readonly string[],
  period: number,
  runs: readonly LabelledRun[],
  source: string,
  codecs: readonly string[],
): TrainingData {
  const hash = createHash("sha256");
  for (const { label, samples } of runs)
    hash.update(JSON.stringify([label, samples.map(({ time, values }) => [time, ...values])]));
  return {
    axes,
    period,
    runs: runs.map(({ label, samples }) => ({ label, samples })),
    source,
    sha256: hash.digest("hex"),
    codecs,
  };
}
