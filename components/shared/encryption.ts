import { all, output, type Output } from "@pulumi/pulumi";
import type { EncryptionState } from "../contracts/common.ts";

/** One line a resource for the stack's outputs: `EncryptedLake, curated rows` → `at rest: AES-256-GCM, key …`. */
export function encryptionSummary(states: readonly EncryptionState[]): Output<Record<string, string>> {
  return all(
    states.map(({ component, name, inTransit, atRest, keyId }) =>
      output(keyId).apply((key): [string, string] => {
        const parts = [
          ...(inTransit === null ? [] : [`in transit: ${inTransit}`]),
          ...(atRest === null ? [] : [`at rest: ${atRest}`]),
          ...(key === null ? [] : [`key ${key}`]),
        ];
        return [`${component}, ${name}`, parts.join("; ")];
      }),
    ),
  ).apply((entries) => Object.fromEntries(entries));
}
