/** The provider's own settings, as they come from the stack's configuration or an explicit provider. */

import { isWireUnknown, openedWire } from "../shared/values.ts";
import type { WireMap } from "../shared/values.ts";
import { checkInputs } from "./check/check.ts";
import type { Finding } from "./check/findings.ts";
import type { ProviderSchema, TypeExpression } from "./sdk/schema.ts";

/** Settings of the engine itself that may stand among a provider's. */
const ofTheEngine: ReadonlySet<string> = new Set(["version", "pluginDownloadURL", "pluginChecksums"]);

/**
 * Reads settings and checks names and types. Whatever is no string comes as JSON text.
 * @returns the settings in their types, secrets still wrapped
 */
export const readSettings = (
  schema: ProviderSchema,
  given: WireMap,
): { settings: WireMap; findings: readonly Finding[] } => {
  const settings: WireMap = {};
  const findings: Finding[] = [];
  for (const [name, wrapped] of Object.entries(given)) {
    if (ofTheEngine.has(name) || name.startsWith("__")) continue;
    const value = openedWire(wrapped);
    const type = schema.inputs[name]?.type;
    if (value === undefined || value === null || value === "") continue;
    if (type === undefined || typeof value !== "string" || isWireUnknown(value) || takesText(type)) {
      settings[name] = wrapped;
      continue;
    }
    try {
      settings[name] = JSON.parse(value) as unknown;
    } catch {
      findings.push({ path: name, reason: `must be ${described(type)}, as JSON`, received: `"${value}"` });
    }
  }
  findings.push(...checkInputs(schema, settings).failures);
  return { settings, findings };
};

const takesText = (type: TypeExpression): boolean =>
  type === "string" || (typeof type === "object" && "enumeration" in type);

const described = (type: TypeExpression): string => {
  if (type === "boolean") return "true or false";
  if (typeof type === "string") return `a ${type}`;
  return "list" in type ? "a list" : "an object";
};
