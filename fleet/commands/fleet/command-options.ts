/** What the commands of `fieldlake fleet` have in common: how options are read and examples are shown. */
import { InvalidArgumentError, type Command } from "commander";

export type MakeCommand = (name: string, summary: string) => Command;
export type Flag = readonly [string, string];

export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  npx fieldlake fleet ${line}`).join("\n")}`;

export const collect = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

export function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      most === Number.MAX_SAFE_INTEGER
        ? `allowed: a whole number from ${least} on`
        : `allowed: ${least} to ${most}`,
    );
  };
}

export function oneOf<Word extends string>(allowed: readonly Word[]) {
  return (text: string, before: readonly Word[] = []): readonly Word[] => {
    const word = allowed.find((one) => one === text);
    if (word === undefined) throw new InvalidArgumentError(`allowed: ${allowed.join(", ")}`);
    return [...before, word];
  };
}
