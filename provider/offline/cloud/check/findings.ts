/** What is found wrong with a value, and how it is told. */

import { holdsSecret, isWireMap } from "../../shared/values.ts";

/** One thing wrong with inputs. */
export interface Finding {
  /** Path of the property, for example `rules[0].destination.bucket`. */
  readonly path: string;
  /** What is allowed. */
  readonly reason: string;
  /** What was received; absent where nothing was, or where it is secret. */
  readonly received?: string;
}

/** `settings` and `mode` to `settings.mode`; a name that is no identifier in brackets. */
export const childPath = (path: string, name: string): string => {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}["${name.replaceAll('"', '\\"')}"]`;
  return path === "" ? name : `${path}.${name}`;
};

/** Findings without what was received where the program keeps it secret. */
export const withoutSecrets = (
  findings: readonly Finding[],
  inputs: Readonly<Record<string, unknown>>,
): readonly Finding[] =>
  findings.map((finding) => {
    const root = finding.path.replace(/[.[].*$/s, "");
    const secret = finding.received !== undefined && holdsSecret(inputs[root]);
    return secret ? { ...finding, received: "a secret value" } : finding;
  });

/** The line for the user. */
export const findingLine = ({ path, reason, received }: Finding): string =>
  `${path}: ${reason}${received === undefined ? "" : `; received ${received}`}`;

const longest = 80;

/** Shows a received value, shortened. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value, (_, item: unknown) => (isWireMap(item) ? withoutMarks(item) : item));
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
};

const withoutMarks = (map: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).filter(([name]) => !/^[0-9a-f]{32}$/.test(name)));

/** How many values an error lists. */
const mostListed = 12;

/** `one of "a", "b"`, the likeliest first. */
export const oneOfText = (values: readonly (string | number | boolean)[], received: unknown): string => {
  const likely = [...values].sort((left, right) => distance(left, received) - distance(right, received));
  const listed = likely.slice(0, mostListed).map((value) => JSON.stringify(value));
  const more = values.length - listed.length;
  return `must be ${values.length > 1 ? "one of " : ""}${listed.join(", ")}${more > 0 ? ` (and ${more} more)` : ""}`;
};

/** The known name that was probably meant: one that differs little, or has the given one in it. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const [best] = [...known].sort((left, right) => distance(left, name) - distance(right, name));
  if (best !== undefined && distance(best, name) <= Math.max(2, name.length / 4)) return best;
  return known.find((candidate) => candidate.toLowerCase().includes(name.toLowerCase()));
};

/** Number of edits (Levenshtein) between two values as text, without regard to case. */
const distance = (left: unknown, right: unknown): number => {
  const [one, other] = [String(left).toLowerCase(), String(right).toLowerCase()];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next[j] = Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[other.length] ?? 0;
};
