/** Ids and addresses as text with gaps. */

import { hexOf, uuidOf } from "./identity.ts";

/**
 * Fills a template: `{name}` with what is known by that name, `{hex8}` with 8 hex digits (`{HEX8}`: capitals) and
 * `{uuid}` with a UUID that follow from the seed, and any other gap with hex digits.
 */
export const filled = (template: string, known: Readonly<Record<string, string>>, seed: string): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const [, kind, digits] = /^(hex)(\d+)$/i.exec(key) ?? [];
    if (digits !== undefined) {
      const hex = hexOf(Number(digits), seed, template);
      return kind === "HEX" ? hex.toUpperCase() : hex;
    }
    return known[key] ?? (key === "uuid" ? uuidOf(seed, template) : hexOf(12, seed, key));
  });

/** Those values that are text, which templates can use. */
export const textsOf = (values: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
