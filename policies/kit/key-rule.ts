/** The commonest rule, made from what differs: a property of a type names a key of the customer. */
import { all, hasOwnKey, type Places, type Requirement } from "./requirements.ts";
import type { Rule } from "./rule.ts";

export interface AwsKeyRule {
  readonly id: string;
  /** Begins a sentence: `A Kinesis stream`. */
  readonly what: string;
  readonly types: readonly string[];
  /** Where keys are named. */
  readonly property: Places;
  readonly controls: readonly string[];
  /** What the service does where nothing is said, for the message. */
  readonly platformDefault: string;
  readonly severity?: Rule["severity"];
  readonly concerns?: Rule["concerns"];
  /** Switches that must stand beside the key, for example an encryption type. */
  readonly beside?: Requirement;
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
  const places = [property].flat().map((place) => place.replaceAll("?", ""));
  const leaf = places[0]?.split(".").at(-1) ?? "";
  return {
    id,
    theme: "cmk-at-rest",
    description: `${what} is encrypted under a key of the customer`,
    severity,
    types,
    reads: ["aws:kms/key:Key"],
    controls: [...controls, "NIST SP 800-53 SC-28(1)", "NIST SP 800-53 SC-12"],
    why: `Without it ${platformDefault}, and whoever owns that key, not the customer, decides who reads the data.`,
    fix: `set ${besideFix === undefined ? "" : `${besideFix} `}${places.join(", ")} to the arn of an aws.kms.Key of the stack`,
    ...(concerns === undefined ? {} : { concerns }),
    check: beside === undefined ? hasOwnKey(property) : all(beside, hasOwnKey(property)),
    example: parts.example ?? { violation: `${leaf}: "alias/aws/…"`, fixed: `${leaf}: key.arn` },
  };
}
