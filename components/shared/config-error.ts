import type { z } from "zod";

/** All mistakes of a stack's configuration at once. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(
      `the configuration has ${mistakes.length} ${mistakes.length === 1 ? "mistake" : "mistakes"}:\n` +
        mistakes.map((mistake) => `  - ${mistake}`).join("\n"),
    );
    this.mistakes = mistakes;
  }
}

/** A mistake of the schema in the words of the stack's file: key, value received, what is allowed. */
export function described(issue: z.core.$ZodIssue): string {
  const key = issue.path.reduce<string>(
    (path, part) =>
      typeof part === "number" ? `${path}[${part}]` : path === "" ? String(part) : `${path}.${String(part)}`,
    "",
  );
  if (issue.code === "unrecognized_keys") {
    const where = key === "" ? "fieldlake:" : `fieldlake:${key}.`;
    return `${issue.keys.map((name) => where + name).join(", ")}: no such key; remove it or mind its spelling`;
  }
  const value = `received ${shown(issue.input)}`;
  const message = issue.message.startsWith("received") ? issue.message : `${value}; ${allowed(issue)}`;
  return `fieldlake:${key}: ${message}`;
}

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith("allowed")) return issue.message;
  switch (issue.code) {
    case "too_small":
      return `allowed: at least ${issue.minimum}`;
    case "too_big":
      return `allowed: at most ${issue.maximum}`;
    case "invalid_value":
      return `allowed: ${issue.values.join(", ")}`;
    case "invalid_type":
      return `allowed: ${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
    default:
      return issue.message;
  }
}

/** A value in a message: as JSON, shortened. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
