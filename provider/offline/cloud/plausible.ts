/** Values for outputs that only the cloud knows, made up from the property's name and type. */

import type { TypeExpression } from "./sdk/schema.ts";
import { hexOf, uuidOf } from "./identity.ts";

/** A time in the past, the same in every run. */
const madeUpTime = "2024-01-01T00:00:00Z";

/** A domain that can't exist (RFC 6761, section 6.4), for addresses that nothing answers at. */
const noHost = "offline.invalid";

/**
 * Makes a value up.
 * @param seed what the value follows from; the path is added
 * @returns undefined for a kind that the caller composes itself: lists, maps and objects
 */
export const plausibleValue = (seed: string, path: string, type: TypeExpression): unknown => {
  if (typeof type === "object") {
    return "enumeration" in type ? type.enumeration.values[0] : undefined;
  }
  switch (type) {
    case "string":
      return plausibleText(seed, path);
    case "number":
      return 0;
    case "boolean":
      return false;
    default:
      return undefined;
  }
};

/** The first rule whose pattern fits the property's name decides. */
const rules: readonly (readonly [RegExp, (seed: string, path: string) => string])[] = [
  [/(?:date|time|timestamp|At|On)$/, () => madeUpTime],
  [/(?:ipAddress|Ip|ips?)$/, (seed, path) => `192.0.2.${Number.parseInt(hexOf(2, seed, path), 16)}`],
  [/(?:Url|Uri|url|uri)$/, (seed, path) => `https://${hexOf(12, seed, path)}.${noHost}/`],
  [
    /(?:[eE]ndpoint|[hH]ost|[hH]ostname|[dD]omainName|[fF]qdn|dnsName|website)$/,
    (seed, path) => `${hexOf(12, seed, path)}.${noHost}`,
  ],
  [/(?:uuid|[pP]rincipalId|[cC]lientId|[tT]enantId|[oO]bjectId)$/, (seed, path) => uuidOf(seed, path)],
  [/(?:state|status|State|Status)$/, () => "ACTIVE"],
  [/[eE]tag$/, (seed, path) => `"${hexOf(16, seed, path)}"`],
  [/[vV]ersion$/, () => "1"],
];

const plausibleText = (seed: string, path: string): string => {
  const name = /([A-Za-z_$][\w$]*)(?:\[\d+\])?$/.exec(path)?.[1] ?? path;
  const rule = rules.find(([pattern]) => pattern.test(name));
  return rule ? rule[1](seed, path) : hexOf(16, seed, path);
};
