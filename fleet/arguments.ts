/** Numbers, times and stacks on the command line. */
import { InvalidArgumentError, Option } from "commander";

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("allowed: a number above 0");
  return value;
}

export function wholePositive(text: string): number {
  const value = positive(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("allowed: a whole number above 0");
  return value;
}

/** RFC 3339, a date alone for its first moment in UTC; microseconds since 1970. */
export function moment(text: string): number {
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const milliseconds = isTime ? Date.parse(text) : NaN;
  if (!(milliseconds >= 0))
    throw new InvalidArgumentError("allowed: a time as 2026-11-25T08:00:00Z, or a date, from 1970 on");
  return milliseconds * 1_000;
}

/** What is kept by a stack in a cloud is reached from here, without its API. */
export const ofStack = (): Option =>
  new Option(
    "--stack <name>",
    "of a stack in a cloud, by your own credentials; default: the site on this machine",
  );
