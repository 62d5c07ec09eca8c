/** Who a device is, local: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { localCertificatesIdentityRules } from "./certificates.ts";
import { localKeysIdentityRules } from "./keys.ts";
import { localRolesIdentityRules } from "./roles.ts";
import { localPurposeIdentityRules } from "./purpose.ts";

export const localIdentityRules: readonly Rule[] = [
  ...localCertificatesIdentityRules,
  ...localRolesIdentityRules,
  ...localKeysIdentityRules,
  ...localPurposeIdentityRules,
];
