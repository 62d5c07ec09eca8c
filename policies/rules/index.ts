import type { Rule } from "../kit/rule.ts";
import { awsAnalyticsKeyRules } from "./cmk-at-rest/aws/analytics.ts";
import { awsS3KeyRules } from "./cmk-at-rest/aws/buckets.ts";
import { awsDatabaseKeyRules } from "./cmk-at-rest/aws/databases.ts";
import { awsKmsRules } from "./cmk-at-rest/aws/kms.ts";
import { awsServiceKeyRules } from "./cmk-at-rest/aws/services.ts";
import { awsStreamKeyRules } from "./cmk-at-rest/aws/streams.ts";
import { awsTargetRules } from "./cmk-at-rest/aws/targets.ts";
import { azureStoreKeyRules } from "./cmk-at-rest/azure/stores.ts";
import { azureVaultRules } from "./cmk-at-rest/azure/vaults.ts";
import { localKeyRules } from "./cmk-at-rest/local.ts";
import { awsBucketProtectionRules } from "./data-protection/aws/buckets.ts";
import { awsLakeRules } from "./data-protection/aws/lake.ts";
import { awsStoreProtectionRules } from "./data-protection/aws/stores.ts";
import { azurePlatformRules } from "./data-protection/azure/platform.ts";
import { azureStoreProtectionRules } from "./data-protection/azure/stores.ts";
import { componentRules } from "./data-protection/components.ts";
import { awsIdentityRules } from "./device-identity/aws.ts";
import { azureIdentityRules } from "./device-identity/azure.ts";
import { localIdentityRules } from "./device-identity/local.ts";
import { awsFunctionAccessRules } from "./least-privilege/aws/functions.ts";
import { awsIdentityPolicyRules } from "./least-privilege/aws/identities.ts";
import { awsResourcePolicyRules } from "./least-privilege/aws/resource-policies.ts";
import { awsTrustRules } from "./least-privilege/aws/trust.ts";
import { azureRoleRules } from "./least-privilege/azure/roles.ts";
import { packHygieneRules } from "./pack-hygiene/escapes.ts";
import { retiredServiceRules } from "./retired-services/rules.ts";
import { awsEndpointRules } from "./tls-in-transit/aws/endpoints.ts";
import { awsStorePolicyRules } from "./tls-in-transit/aws/store-policies.ts";
import { awsStreamTlsRules } from "./tls-in-transit/aws/streams.ts";
import { azureTlsRules } from "./tls-in-transit/azure/services.ts";
import { localTlsRules } from "./tls-in-transit/local.ts";

/** Listed, not registered by import: a rule that is forgotten here does not exist anywhere. */
export const rules: readonly Rule[] = [
  ...localTlsRules,
  ...localKeyRules,
  ...localIdentityRules,
  ...awsS3KeyRules,
  ...awsStreamKeyRules,
  ...awsDatabaseKeyRules,
  ...awsAnalyticsKeyRules,
  ...awsServiceKeyRules,
  ...awsTargetRules,
  ...awsKmsRules,
  ...awsStorePolicyRules,
  ...awsStreamTlsRules,
  ...awsEndpointRules,
  ...awsIdentityRules,
  ...awsIdentityPolicyRules,
  ...awsTrustRules,
  ...awsResourcePolicyRules,
  ...awsFunctionAccessRules,
  ...awsBucketProtectionRules,
  ...awsLakeRules,
  ...awsStoreProtectionRules,
  ...azureStoreKeyRules,
  ...azureVaultRules,
  ...azureTlsRules,
  ...azureIdentityRules,
  ...azureRoleRules,
  ...azureStoreProtectionRules,
  ...azurePlatformRules,
  ...componentRules,
  ...retiredServiceRules,
  ...packHygieneRules,
];
