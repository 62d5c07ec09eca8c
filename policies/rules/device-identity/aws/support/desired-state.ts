import { isObject, type Value } from "../../../../kit/value.ts";

/** What a resource of the Cloud Control API is to be; null where that is no JSON object. */
export function desiredState(text: Value): Readonly<Record<string, Value>> | null {
  try {
    const state = JSON.parse(String(text)) as Value;
    return isObject(state) ? state : null;
  } catch {
    return null;
  }
}
