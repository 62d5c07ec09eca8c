/** CrossGuard's own configuration file of a pack (`--policy-pack-config`), as far as evidence needs it. */
import type { Rule } from "../kit/rule.ts";
import { readSettings, type Settings } from "../kit/settings.ts";
import type { Level } from "./evidence.ts";

export interface PackConfig {
  readonly settings: Settings;
  readonly levels: ReadonlyMap<string, Level>;
}

const levels: Readonly<Record<string, Level>> = {
  mandatory: "mandatory",
  remediate: "mandatory",
  advisory: "advisory",
  disabled: "disabled",
};

/** Throws an Error that names every mistake. `null`: no file. */
export function readPackConfig(config: unknown, rules: readonly Rule[]): PackConfig {
  const known = new Set(rules.map(({ id }) => id));
  const chosen = new Map<string, Level>();
  const mistakes: string[] = [];
  let settings: Partial<Settings> = {};
  for (const [name, value] of Object.entries((config ?? {}) as Record<string, unknown>)) {
    if (name === "fieldlake-settings") {
      settings = (value ?? {}) as Partial<Settings>;
      continue;
    }
    const word =
      typeof value === "string" ? value : (value as { enforcementLevel?: unknown } | null)?.enforcementLevel;
    const level = levels[String(word)];
    if (name !== "all" && !known.has(name))
      mistakes.push(`${name}: allowed: the id of a rule, "all" or "fieldlake-settings"`);
    else if (level === undefined)
      mistakes.push(`${name}: received ${JSON.stringify(word)}; allowed: ${Object.keys(levels).join(", ")}`);
    else
      for (const id of name === "all" ? known : [name])
        if (name !== "all" || !chosen.has(id)) chosen.set(id, level);
  }
  if (mistakes.length > 0)
    throw new Error(
      `the pack's configuration has mistakes:\n${mistakes.map((one) => `  - ${one}`).join("\n")}`,
    );
  return { settings: readSettings(settings, known), levels: chosen };
}
