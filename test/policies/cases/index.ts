/** The cases of every rule, by its id. */
import type { RuleCases } from "../support/cases.ts";
import { awsIdentityCases } from "./aws-identity.ts";
import {
  awsStreamKeyCases,
  awsDatabaseKeyCases,
  awsAnalyticsKeyCases,
  awsServiceKeyCases,
} from "./aws-keys.ts";
import { awsKmsCases } from "./aws-kms.ts";
import { awsLakeCases } from "./aws-lake.ts";
import { awsIdentityPolicyCases, awsTrustCases, awsFunctionAccessCases } from "./aws-privilege.ts";
import { awsBucketProtectionCases, awsStoreProtectionCases } from "./aws-protection.ts";
import { awsPlaceCases } from "./aws-places.ts";
import { awsS3KeyCases } from "./aws-s3.ts";
import { awsStorePolicyCases } from "./aws-store-policies.ts";
import { awsServiceCases } from "./aws-services.ts";
import { awsStatementCases } from "./aws-statements.ts";
import { awsStrangersCases } from "./aws-strangers.ts";
import { awsTargetCases } from "./aws-targets.ts";
import { awsEndpointCases, awsStreamTlsCases } from "./aws-tls.ts";
import { azureIdentityCases, azureRoleCases } from "./azure-identity.ts";
import { azureVaultCases, azureStoreKeyCases } from "./azure-keys.ts";
import { azureNetworkCases } from "./azure-network.ts";
import { azurePlaceCases } from "./azure-places.ts";
import { azurePlatformCases } from "./azure-platform.ts";
import { azureServiceCases } from "./azure-services.ts";
import { azureStoreProtectionCases } from "./azure-protection.ts";
import { azureTlsCases } from "./azure-tls.ts";
import { environmentCases } from "./environment.ts";
import { hygieneCases } from "./hygiene.ts";
import { localCases, componentCases, purposeCases, sealedKeyCases } from "./local.ts";

export const cases: readonly RuleCases[] = [
  awsIdentityCases,
  awsStreamKeyCases,
  awsDatabaseKeyCases,
  awsAnalyticsKeyCases,
  awsServiceKeyCases,
  awsKmsCases,
  awsLakeCases,
  awsIdentityPolicyCases,
  awsTrustCases,
  awsFunctionAccessCases,
  awsBucketProtectionCases,
  awsStoreProtectionCases,
  awsS3KeyCases,
  awsStorePolicyCases,
  awsPlaceCases,
  awsStatementCases,
  awsStrangersCases,
  awsTargetCases,
  awsEndpointCases,
  awsStreamTlsCases,
  azureIdentityCases,
  azureRoleCases,
  azureVaultCases,
  azureStoreKeyCases,
  azureNetworkCases,
  azurePlaceCases,
  azurePlatformCases,
  azureStoreProtectionCases,
  azureTlsCases,
  environmentCases,
  hygieneCases,
  localCases,
  componentCases,
  purposeCases,
  sealedKeyCases,
  awsServiceCases,
  azureServiceCases,
];
