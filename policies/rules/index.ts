import type { Rule } from "../kit/rule.ts";
import { awsKeyRules } from "./cmk-at-rest/aws/index.ts";
import { azureKeyRules } from "./cmk-at-rest/azure/index.ts";
import { localKeyRules } from "./cmk-at-rest/local/lake.ts";
import { awsProtectionRules } from "./data-protection/aws/index.ts";
import { azureProtectionRules } from "./data-protection/azure/index.ts";
import { componentRules } from "./data-protection/components/protection.ts";
import { ownResourceRules } from "./data-protection/environment/own-resources.ts";
import { awsIdentityRules } from "./device-identity/aws/index.ts";
import { azureIdentityRules } from "./device-identity/azure/index.ts";
import { localIdentityRules } from "./device-identity/local/index.ts";
import { sealedKeyRules } from "./device-identity/sealed-keys.ts";
import { awsPrivilegeRules } from "./least-privilege/aws/index.ts";
import { azurePrivilegeRules } from "./least-privilege/azure/index.ts";
import { escapeRules } from "./pack-hygiene/escapes.ts";
import { retiredServiceRules } from "./retired-services/rules.ts";
import { addressRules } from "./tls-in-transit/addresses.ts";
import { awsTlsRules } from "./tls-in-transit/aws/index.ts";
import { azureTlsRules } from "./tls-in-transit/azure/index.ts";
import { localTlsRules } from "./tls-in-transit/local/index.ts";

/** Listed, not registered by import: a rule that is forgotten in its folder's index does not exist anywhere. */
export const rules: readonly Rule[] = [
  ...localTlsRules,
  ...awsTlsRules,
  ...azureTlsRules,
  ...addressRules,
  ...localKeyRules,
  ...awsKeyRules,
  ...azureKeyRules,
  ...localIdentityRules,
  ...sealedKeyRules,
  ...awsIdentityRules,
  ...azureIdentityRules,
  ...awsPrivilegeRules,
  ...azurePrivilegeRules,
  ...awsProtectionRules,
  ...azureProtectionRules,
  ...ownResourceRules,
  ...componentRules,
  ...retiredServiceRules,
  ...escapeRules,
];
