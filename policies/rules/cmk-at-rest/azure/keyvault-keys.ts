/** Keys in a vault are strong and change. */
import { all, holds, isOneOf, present } from "../../../kit/requirements.ts";
import type { Rule } from "../../../kit/rule.ts";
import { type Properties, type Value, isAbsent, isArray, isObject } from "../../../kit/value.ts";

const key = ["azure-native:keyvault:Key"];
/** An action without a trigger is never taken. */
const rotates = (one: Value): boolean =>
  isObject(one) &&
  isObject(one["action"]) &&
  /^rotate$/i.test(String(one["action"]["type"])) &&
  isObject(one["trigger"]) &&
  ["timeAfterCreate", "timeBeforeExpiry"].some((name) => !isAbsent((one["trigger"] as Properties)[name]));

export const azureKeyvaultKeysKeyRules: readonly Rule[] = [
  {
    id: "azure-keyvault-require-rotation",
    theme: "cmk-at-rest",
    description: "Every key is rotated by itself and ends one day",
    severity: "medium",
    types: key,
    controls: [
      "CKV_AZURE_40",
      "MCSB DP-6",
      "d8cf8476",
      "152b15f7",
      "Azure.KeyVault.AutoRotationPolicy",
      "keyvault_key_rotation_enabled",
    ],
    why: "What one key ever encrypted is what a thief of it can read.",
    fix: "set properties.rotationPolicy with a lifetimeAction of type rotate, its trigger and attributes.expiryTime",
    check: all(
      holds(
        "properties.rotationPolicy.lifetimeActions",
        (list) => isArray(list) && list.some(rotates),
        "one of type rotate with a trigger",
      ),
      present("properties.rotationPolicy.attributes.expiryTime"),
    ),
    example: {
      violation: "no rotationPolicy",
      fixed:
        'rotationPolicy: { attributes: { expiryTime: "P1Y" }, lifetimeActions: [{ action: { type: "rotate" }, trigger: { timeAfterCreate: "P90D" } }] }',
    },
  },
  {
    id: "azure-keyvault-require-key-strength",
    theme: "cmk-at-rest",
    description: "Keys are RSA of 2048 bits or more, or on a NIST curve, and not exportable",
    severity: "high",
    types: key,
    controls: ["MCSB DP-6", "NIST SP 800-57 Part 1"],
    why: "Shorter keys can be computed; exported ones are copied.",
    fix: 'set properties.kty to "RSA-HSM", "RSA", "EC-HSM" or "EC", properties.keySize to 2048 or more, and leave attributes.exportable false',
    check: all(
      isOneOf("properties.kty", ["RSA", "RSA-HSM", "EC", "EC-HSM"]),
      holds("properties.keySize", (size) => isAbsent(size) || Number(size) >= 2048, "2048 or more, absent"),
      holds(
        "properties.curveName",
        (curve) => isAbsent(curve) || /^P-(256|384|521)$/.test(String(curve)),
        "P-256, P-384, P-521, absent",
      ),
      holds("properties.attributes.exportable", (one) => one !== true, "false, absent"),
      holds("properties.attributes.enabled", (one) => one !== false, "true, absent"),
    ),
    example: { violation: "keySize: 1024", fixed: 'kty: "RSA-HSM", keySize: 3072' },
  },
];
