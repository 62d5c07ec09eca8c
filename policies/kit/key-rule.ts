/** The commonest rule, made from what differs: a property of a type names a key of the customer. */
import type { Context } from "./context.ts";
import { ownKey } from "./own-key-aws.ts";
import type { Rule } from "./rule.ts";
import type { Check } from "./verdict.ts";
import type { View } from "./view.ts";

export interface AwsKeyRule {
  readonly id: string;
  /** Begins a sentence: `A Kinesis stream`. */
  readonly what: string;
  readonly types: readonly string[];
  /** Path of the key's property. */
  readonly property: string;
  readonly controls: readonly string[];
  /** What the service does where nothing is said, for the message. */
  readonly platformDefault: string;
  readonly severity?: Rule["severity"];
  readonly concerns?: Rule["concerns"];
  /** Switches that must stand beside the key, for example an encryption type. */
  readonly beside?: (view: View, context: Context) => readonly Check[];
  /** Besides the key, in the fix: `encryptionType to "KMS" and`. */
  readonly besideFix?: string;
  readonly example?: Rule["example"];
}

export function awsKeyRule(parts: AwsKeyRule): Rule {
  const {
    id,
    what,
    types,
    property,
    controls,
    platformDefault,
    severity = "high",
    concerns,
    beside,
    besideFix,
  } = parts;
  const leaf = property.split(".").at(-1) ?? property;
  return {
    id,
    theme: "cmk-at-rest",
    description: `${what} is encrypted under a key of the customer`,
    severity,
    types,
    reads: ["aws:kms/key:Key"],
    controls: [...controls, "NIST SP 800-53 SC-28(1)", "NIST SP 800-53 SC-12"],
    why: `Without it ${platformDefault}, and whoever owns that key, not the customer, decides who reads the data.`,
    fix: `set ${besideFix === undefined ? "" : `${besideFix} `}${property} to the arn of an aws.kms.Key of the stack`,
    ...(concerns === undefined ? {} : { concerns }),
    check: (view, context) => [...(beside?.(view, context) ?? []), ownKey(view, context, property)],
    example: parts.example ?? { violation: `${leaf}: "alias/aws/…"`, fixed: `${leaf}: key.arn` },
  };
}
