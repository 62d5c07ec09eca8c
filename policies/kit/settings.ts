/** What a customer may tell the pack, in CrossGuard's own configuration schema, and the check of it. */
import type { PolicyConfigSchema } from "@pulumi/policy";

/** A violation that a customer accepts for a while, for a reason that a reviewer can read. */
export interface Exception {
  readonly rule: string;
  /** Glob on the resource's name, or on its URN. */
  readonly resource: string;
  readonly reason: string;
  readonly compensatingControl: string;
  /** The last day it holds, `YYYY-MM-DD`, UTC. */
  readonly expires: string;
}

export interface Settings {
  /** Default 1.2. */
  readonly minimumTlsVersion: "1.2" | "1.3";
  /**
   * Owners of keys that are made elsewhere: AWS account ids, key ARNs, Key Vault URIs. Globs are allowed.
   * Default none: every key is to be made by the stack.
   */
  readonly allowedKeyOwners: readonly string[];
  /** Globs on stack names in which all rules only advise. Default none. */
  readonly advisoryStacks: readonly string[];
  readonly exceptions: readonly Exception[];
}

export const defaultSettings: Settings = {
  minimumTlsVersion: "1.2",
  allowedKeyOwners: [],
  advisoryStacks: [],
  exceptions: [],
};

const text = (description: string) => ({ type: "string" as const, minLength: 1, description });
const texts = (description: string) => ({
  type: "array" as const,
  items: { type: "string" as const, minLength: 1 },
  default: [],
  description,
});

export const settingsSchema: PolicyConfigSchema = {
  properties: {
    minimumTlsVersion: {
      type: "string",
      enum: ["1.2", "1.3"],
      default: "1.2",
      description: "Lowest TLS version that any endpoint may offer.",
    },
    allowedKeyOwners: texts(
      "Owners of keys made outside the stack: AWS account ids, key ARNs or Key Vault URIs; `*` stands for any text.",
    ),
    advisoryStacks: texts("Names of stacks in which all rules only advise; `*` stands for any text."),
    exceptions: {
      type: "array",
      default: [],
      description:
        "Violations that are accepted until a date. One that has expired, or that nothing needs, is a violation.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["rule", "resource", "reason", "compensatingControl", "expires"],
        properties: {
          rule: text("Id of the rule."),
          resource: text("Name or URN of the resource; `*` stands for any text."),
          reason: text("Why the rule can't be followed."),
          compensatingControl: text("What protects the data instead."),
          expires: {
            type: "string",
            pattern: "^\\d{4}-\\d{2}-\\d{2}$",
            description: "Last day, YYYY-MM-DD.",
          },
        },
      },
    },
  },
};

/** Throws an Error that names every mistake; the engine checks the schema only where it knows the pack's configuration. */
export function readSettings(given: Partial<Settings>, knownRules: ReadonlySet<string>): Settings {
  const settings = { ...defaultSettings, ...given };
  const mistakes: string[] = [];
  if (!["1.2", "1.3"].includes(settings.minimumTlsVersion)) {
    mistakes.push(`minimumTlsVersion: received "${String(settings.minimumTlsVersion)}"; allowed: 1.2, 1.3`);
  }
  settings.exceptions.forEach((exception, index) => {
    const at = `exceptions[${index}]`;
    for (const key of ["rule", "resource", "reason", "compensatingControl", "expires"] as const) {
      if (typeof exception[key] !== "string" || exception[key].trim() === "") {
        mistakes.push(`${at}.${key}: received nothing; every exception needs one`);
      }
    }
    if (typeof exception.rule === "string" && exception.rule !== "" && !knownRules.has(exception.rule)) {
      mistakes.push(`${at}.rule: received "${exception.rule}"; allowed: the id of a rule of this pack`);
    }
    if (typeof exception.expires === "string" && exception.expires !== "" && !isDay(exception.expires)) {
      mistakes.push(
        `${at}.expires: received "${exception.expires}"; allowed: a day of the calendar as YYYY-MM-DD`,
      );
    }
  });
  if (mistakes.length > 0) {
    throw new Error(
      `the configuration of fieldlake-settings has mistakes:\n${mistakes.map((one) => `  - ${one}`).join("\n")}`,
    );
  }
  return settings;
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  );
}

/** `*` stands for any text, all else for itself; whatever the case. */
export function matches(glob: string, text: string): boolean {
  const pattern = glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`, "is").test(text);
}
