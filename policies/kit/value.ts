/** Values as rules see them: plain data, in which what a plan does not know and what is secret are marks, not text. */

/** Not known before the resource is made. */
export const unknown = Symbol("unknown");
/** There, but sealed: exported state holds only its ciphertext. */
export const sealed = Symbol("sealed");

export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | typeof unknown
  | typeof sealed
  | readonly Value[]
  | { readonly [key: string]: Value };
export type Properties = { readonly [key: string]: Value };

/** Texts that stand for an unknown of some type on the engine's wire and in plans (`@pulumi/policy`, proxy.js). */
const unknownTexts: ReadonlySet<string> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Key and value by which the engine marks special objects in state (sdk/go/common/resource, `Sig`). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** `@pulumi/policy` wraps properties so that reading an unknown throws; this name gives what is wrapped. */
const wrapped = "__getSpecialProxyTarget";

/**
 * Plain data of whatever the engine, a plan or exported state hands over. Reading the result never throws.
 * Text that holds an unknown somewhere inside is unknown as a whole.
 */
export function toValue(input: unknown): Value {
  switch (typeof input) {
    case "string":
      // What `pulumi preview --json` prints in a secret's place.
      if (input === "[secret]") return sealed;
      return isUnknownText(input) ? unknown : input;
    case "number":
    case "boolean":
      return input;
    case "object":
      return input === null ? null : ofObject(unwrap(input));
    default:
      return undefined;
  }
}

export function toProperties(input: unknown): Properties {
  const value = toValue(input);
  return isObject(value) ? value : {};
}

function unwrap(input: object): object {
  if (!("__isSpecialProxy" in input) && !isWrapped(input)) return input;
  return (input as Record<string, object>)[wrapped] ?? input;
}

function isWrapped(input: object): boolean {
  try {
    return (input as Record<string, unknown>)["__isSpecialProxy"] === true;
  } catch {
    return false;
  }
}

function ofObject(input: object): Value {
  if (Array.isArray(input)) return input.map(toValue);
  const record = input as Record<string, unknown>;
  if (record[signatureKey] === secretSignature) return ofSecret(record);
  if (record[signatureKey] === outputSignature) return "value" in record ? toValue(record["value"]) : unknown;
  return Object.fromEntries(
    Object.entries(record)
      .map(([key, value]) => [key, toValue(value)] as const)
      .filter(([, value]) => value !== undefined),
  );
}

/** Only a plaintext that is there can be judged; nothing of it is ever shown. */
function ofSecret(record: Record<string, unknown>): Value {
  const { plaintext } = record;
  if (plaintext === undefined) return sealed;
  if (typeof plaintext !== "string") return toValue(plaintext);
  try {
    return toValue(JSON.parse(plaintext));
  } catch {
    return sealed;
  }
}

function isUnknownText(text: string): boolean {
  if (text.length < 36) return false;
  if (unknownTexts.has(text)) return true;
  return [...unknownTexts].some((mark) => text.includes(mark));
}

export function isObject(value: Value): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const isArray = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Whether nothing in it is unknown or sealed. */
export function isWhole(value: Value): boolean {
  if (value === unknown || value === sealed) return false;
  if (isArray(value)) return value.every(isWhole);
  return !isObject(value) || Object.values(value).every(isWhole);
}

/** Absent in every sense that a platform's own default would fill: not there, null, empty text. */
export const isAbsent = (value: Value): boolean => value === undefined || value === null || value === "";

/** One value and a list of more, as some properties are doubled: what is absent left out. */
export function listed(...values: readonly Value[]): readonly Value[] {
  return values
    .flatMap((value: Value): readonly Value[] => (isArray(value) ? value : [value]))
    .filter((value: Value) => !isAbsent(value));
}

/** Absent, or a list without elements. */
export const isNothing = (value: Value): boolean => isAbsent(value) || (isArray(value) && value.length === 0);

/** For messages and evidence: short, and never anything that looks like a secret. */
export function shown(value: Value): string {
  if (isAbsent(value)) return value === "" ? 'empty text ("")' : "absent";
  if (value === unknown) return "not known yet";
  if (value === sealed) return "a secret";
  if (typeof value === "string") {
    if (/PRIVATE KEY|AccountKey=|SharedAccessKey=|password/i.test(value)) return "text that is not shown";
    return value.length > 120 ? `"${value.slice(0, 117)}…"` : `"${value}"`;
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return isArray(value) ? `a list of ${value.length}` : "a structure";
}
