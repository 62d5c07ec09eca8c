import type { Rule } from "../kit/rule.ts";
import { awsS3KeyRules } from "./cmk-at-rest/aws/s3.ts";
import { localKeyRules } from "./cmk-at-rest/local.ts";
import { localIdentityRules } from "./device-identity/local.ts";
import { awsStorePolicyRules } from "./tls-in-transit/aws/policies-of-stores.ts";
import { localTlsRules } from "./tls-in-transit/local.ts";

/** Listed, not registered by import: a rule that is forgotten here does not exist anywhere. */
export const rules: readonly Rule[] = [
  ...localTlsRules,
  ...localKeyRules,
  ...localIdentityRules,
  ...awsS3KeyRules,
  ...awsStorePolicyRules,
];
