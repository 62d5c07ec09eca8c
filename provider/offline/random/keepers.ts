/** `keepers`: values of the program's choice whose change makes a new random value. */

import type { InputProperty, ReplaceRule } from "../shared/schema.ts";
import { textMap } from "../shared/schema.ts";
import type { Value } from "../shared/values.ts";
import { isValueMap, sameValue } from "../shared/values.ts";

const isNothing = (value: Value): boolean => value === undefined || value === null;

/**
 * A key with no value counts as no key, since earlier versions of the real provider did not store such keys.
 * Any other difference replaces.
 */
const ifValuesDiffer: ReplaceRule = (prior, planned) => {
  const before = isValueMap(prior) ? prior : {};
  const after = isValueMap(planned) ? planned : {};
  const changed = Object.entries(after).some(
    ([key, value]) => !(isNothing(value) && !(key in before)) && !sameValue(value, before[key]),
  );
  return changed || Object.keys(before).some((key) => !(key in after));
};

export const keepers: InputProperty = {
  type: textMap,
  role: "input",
  description: "Values whose change makes a new random value.",
  replaces: ifValuesDiffer,
};
