/** Every text in a resource's properties, with the path to it. Read once, however many rules look. */
import { isArray, isObject, type Properties, type Value } from "./value.ts";

export interface Text {
  readonly path: string;
  readonly text: string;
  /** The key of a map, not a value: Azure names identities so. */
  readonly isKey: boolean;
}

const known = new WeakMap<Properties, readonly Text[]>();

/** Documents in text are not opened. */
export function textsOf(properties: Properties): readonly Text[] {
  let texts = known.get(properties);
  if (texts === undefined) {
    const found: Text[] = [];
    collect(properties, "", found);
    known.set(properties, (texts = found));
  }
  return texts;
}

function collect(value: Value, path: string, found: Text[]): void {
  if (typeof value === "string") found.push({ path, text: value, isKey: false });
  else if (isArray(value)) value.forEach((item, index) => collect(item, `${path}[${index}]`, found));
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) {
      const below = path === "" ? key : `${path}.${key}`;
      found.push({ path: below, text: key, isKey: true });
      collect(item, below, found);
    }
}
