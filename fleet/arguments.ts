/** Numbers on the command line. */
import { InvalidArgumentError } from "commander";

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
