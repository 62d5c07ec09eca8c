/** Property values as they cross the engine's wire: unknowns at preview, and secrets in their wrapping. */

/** Signature key and value of a wrapped secret (pulumi/pulumi: sdk/nodejs/runtime/rpc). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
/** What the engine puts where a value is not known yet at preview. */
const unknownMarker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Bag = Record<string, unknown>;

const isBag = (value: unknown): value is Bag =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isSecret = (value: unknown): boolean => isBag(value) && value[signatureKey] === secretSignature;

/** The value without its secret wrappings: for work, never for state. */
export function unwrapped<T = unknown>(value: unknown): T {
  if (Array.isArray(value)) return value.map((item) => unwrapped(item)) as T;
  if (!isBag(value)) return value as T;
  if (isSecret(value)) return unwrapped<T>(value["value"]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapped(item)])) as T;
}

export function hasUnknown(value: unknown): boolean {
  if (value === unknownMarker) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isBag(value) && Object.values(value).some(hasUnknown);
}

/** Deep equality of plain values; the order of keys does not matter. */
export function isSame(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

/** JSON with sorted keys; undefined members left out. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    isBag(item)
      ? Object.fromEntries(
          Object.entries(item)
            .filter(([, member]) => member !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
        )
      : item,
  );
}
