import type { Rule } from "../kit/rule.ts";
import { localKeyRules } from "./cmk-at-rest/local.ts";
import { localIdentityRules } from "./device-identity/local.ts";
import { localTlsRules } from "./tls-in-transit/local.ts";

/** Listed, not registered by import: a rule that is forgotten here does not exist anywhere. */
export const rules: readonly Rule[] = [...localTlsRules, ...localKeyRules, ...localIdentityRules];
