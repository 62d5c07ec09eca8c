/** Which devices somebody may see: ids, and patterns in which `*` stands for any characters or none. */
import { quoteText } from "../../functions/core/table.ts";

/** `null`: every device. A list that nothing matches sees none. */
export type DeviceFilter = readonly string[] | null;

/** What an id is made of (functions/core/envelope.ts), and `*`. */
export const devicePatternSyntax = /^[a-z0-9_*-]{1,64}$/;

export function seesDevice(devices: DeviceFilter, deviceId: string): boolean {
  return devices === null || devices.some((pattern) => expression(pattern).test(deviceId));
}

/** The same as a condition on the column `device_id`; throws where a pattern is none. */
export function deviceCondition(devices: readonly string[]): string {
  const [patterns, ids] = [devices.filter((entry) => entry.includes("*")), devices.filter(isId)];
  const alternatives = [
    ...(ids.length > 0 ? [`device_id IN (${ids.map((id) => quoteText(checked(id))).join(", ")})`] : []),
    ...patterns.map((pattern) => `device_id LIKE ${quoteText(likePattern(checked(pattern)))} ESCAPE '!'`),
  ];
  return alternatives.length === 0 ? "false" : `(${alternatives.join(" OR ")})`;
}

const isId = (entry: string): boolean => !entry.includes("*");

const expression = (pattern: string): RegExp => new RegExp(`^${checked(pattern).replaceAll("*", "[^]*")}$`);

const likePattern = (pattern: string): string => pattern.replaceAll("_", "!_").replaceAll("*", "%");

function checked(pattern: string): string {
  if (devicePatternSyntax.test(pattern)) return pattern;
  throw new Error(
    `device filter: received ${JSON.stringify(pattern)}; allowed: 1 to 64 of a-z 0-9 _ - and * for any characters`,
  );
}
