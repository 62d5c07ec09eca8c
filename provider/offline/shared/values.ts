/**
 * Property values as a resource sees them, and their form on the wire.
 *
 * On the wire an unknown is a fixed string per kind and a secret is an object with a fixed signature
 * (Pulumi SDK: sdk/go/common/resource/plugin/rpc.go and sdk/nodejs/runtime/rpc.ts). Inside, an unknown is
 * {@link unknown} and a secret is simply its value: which properties are secret is carried beside them.
 */

const unknownBrand: unique symbol = Symbol("unknown");

/** A value that is not known before `up`, for example the output of a resource that does not exist yet. */
export interface Unknown {
  readonly [unknownBrand]: true;
}

/** The one unknown value; compare by identity. */
export const unknown: Unknown = Object.freeze({ [unknownBrand]: true as const });

/** A value as a resource sees it. */
export type Value = undefined | null | boolean | number | string | Unknown | Value[] | ValueMap;

/** Named values, for example the properties of a resource. */
export interface ValueMap {
  [name: string]: Value;
}

/** A value in the engine's encoding: plain JSON data with sentinels for unknowns and secrets. */
export type WireValue = unknown[] | WireMap | boolean | number | string | null | undefined;

/** Named values in the engine's encoding. */
export interface WireMap {
  [name: string]: unknown;
}

/** The sentinels of an unknown boolean, number, string, list, asset, archive and object, in that order. */
const unknownSentinels: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** What an unknown output is sent as; the engine takes this one for any kind. */
export const unknownSentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Whether `value` is a map of named values: not null, not a list, not {@link unknown}. */
export const isValueMap = (value: unknown): value is ValueMap =>
  typeof value === "object" && value !== null && !Array.isArray(value) && value !== unknown;

/** Whether `value` is a map in the engine's encoding; secrets, assets and archives are maps as well. */
export const isWireMap = (value: unknown): value is WireMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What marks an asset (a file) or an archive (a folder or zip file) in the engine's encoding. */
export const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
export const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

/** The mark of an object with a special meaning; undefined for any other value. */
export const signatureOf = (value: unknown): unknown => (isWireMap(value) ? value[signatureKey] : undefined);

/** Whether `value` stands for one that is not known yet. */
export const isWireUnknown = (value: unknown): boolean => unknownSentinels.has(value);

/** Takes a value out of its secret, if it is in one. */
export const openedWire = (value: unknown): unknown =>
  isWireSecret(value) ? openedWire(value.value) : value;

/** Whether `value` is wrapped as a secret. */
export const isWireSecret = (value: unknown): value is { value: unknown } =>
  isWireMap(value) && value[signatureKey] === secretSignature;

/** Wraps a value in the engine's encoding as a secret, once. */
export const wireSecret = (value: unknown): unknown =>
  isWireSecret(value) ? value : { [signatureKey]: secretSignature, value };

/** Whether a value in the engine's encoding is, or holds, a secret. */
export const holdsSecret = (value: unknown): boolean => {
  if (isWireSecret(value)) return true;
  if (Array.isArray(value)) return value.some(holdsSecret);
  return isWireMap(value) && Object.values(value).some(holdsSecret);
};

/** Decodes a value from the engine: secrets are opened, sentinels become {@link unknown}. */
export const fromWire = (value: unknown): Value => {
  if (isWireSecret(value)) return fromWire(value.value);
  if (unknownSentinels.has(value)) return unknown;
  if (Array.isArray(value)) return value.map(fromWire);
  if (isWireMap(value)) return mapFromWire(value);
  return value as Value;
};

/** Decodes named values from the engine. */
export const mapFromWire = (values: WireMap): ValueMap =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fromWire(value)]));

/** Encodes a value for the engine; the caller wraps secrets. */
export const toWire = (value: Value): unknown => {
  if (value === unknown) return unknownSentinel;
  if (Array.isArray(value)) return value.map(toWire);
  if (isValueMap(value)) return mapToWire(value);
  return value;
};

const mapToWire = (values: ValueMap): WireMap =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, toWire(value)]),
  );

/** Whether a value is, or holds, an unknown. */
export const holdsUnknown = (value: Value): boolean => {
  if (value === unknown) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isValueMap(value) && Object.values(value).some(holdsUnknown);
};

/**
 * Whether two values are the same; absent and null are. An unknown equals nothing, not even an unknown,
 * because it may turn out to be anything.
 */
export const sameValue = (left: Value, right: Value): boolean => {
  if (left === unknown || right === unknown) return false;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => sameValue(item, right[index]))
    );
  }
  if (isValueMap(left)) {
    if (!isValueMap(right)) return false;
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].every((name) => name in left === name in right && sameValue(left[name], right[name]));
  }
  return (left ?? null) === (right ?? null);
};
