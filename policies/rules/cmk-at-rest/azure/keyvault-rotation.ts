/** Fieldlake's own keys change as often as it promises. */
import { all, holds, isAtLeast } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { type Value, isAbsent, isArray, isObject } from "../../../kit/value.ts";
import { isOurs } from "../../support/ours.ts";

/** The SDK's two actions: the key is renewed, and somebody is told before it ends. */
const hasAction = (actions: Value, kind: RegExp): boolean =>
  isArray(actions) &&
  actions.some(
    (one) =>
      isObject(one) &&
      isObject(one["action"]) &&
      kind.test(String(one["action"]["type"])) &&
      isObject(one["trigger"]) &&
      Object.values(one["trigger"]).some((value) => !isAbsent(value)),
  );

export const azureKeyvaultRotationKeyRules: readonly Rule[] = [
  {
    id: "azure-keyvault-keep-rotation",
    theme: "cmk-at-rest",
    description: "Keys of Fieldlake are rotated at a set time, and somebody is told before they end",
    severity: "medium",
    types: ["azure-native:keyvault:Key"],
    controls: ["MCSB DP-6", "Azure.KeyVault.AutoRotationPolicy"],
    why: "A key that ends unnoticed takes the data with it.",
    fix: "set properties.rotationPolicy.lifetimeActions with a rotate and a notify action, each with a trigger, and keySize of 3072",
    concerns: isOurs,
    check: all(
      holds(
        "properties.rotationPolicy.lifetimeActions",
        (actions) => hasAction(actions, /^rotate$/i),
        "one of type rotate with a trigger",
      ),
      holds(
        "properties.rotationPolicy.lifetimeActions",
        (actions) => hasAction(actions, /^notify$/i),
        "one of type notify with a trigger",
      ),
      isAtLeast("properties.keySize", 3072),
    ),
    example: { violation: "lifetimeActions: [{ action }]", fixed: "lifetimeActions: [{ action, trigger }]" },
  },
];
