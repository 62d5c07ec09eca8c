/** Who may do what, Azure: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { azureAppsPrivilegeRules } from "./apps.ts";
import { azureCosmosdbPrivilegeRules } from "./cosmosdb.ts";
import { azureDirectoryOnlyRules } from "./directory-only.ts";
import { azureEventgridPrivilegeRules } from "./eventgrid.ts";
import { azureEventgridDeliveryPrivilegeRules } from "./eventgrid-delivery.ts";
import { azureFileChangerRules } from "./file-changers.ts";
import { azureKeyvaultPrivilegeRules } from "./keyvault.ts";
import { azureKeyvaultPlatformPrivilegeRules } from "./keyvault-platform.ts";
import { azureMachineLearningPrivilegeRules } from "./machine-learning.ts";
import { azureRawAdderRules } from "./raw-adders.ts";
import { azureRawReaderRules } from "./raw-readers.ts";
import { azureRolesPrivilegeRules } from "./roles.ts";
import { azureSharedKeysPrivilegeRules } from "./shared-keys.ts";
import { azureSynapsePrivilegeRules } from "./synapse.ts";
import { azureAppPasswordRules } from "./app-passwords.ts";

export const azurePrivilegeRules: readonly Rule[] = [
  ...azureKeyvaultPrivilegeRules,
  ...azureEventgridDeliveryPrivilegeRules,
  ...azureAppsPrivilegeRules,
  ...azureAppPasswordRules,
  ...azureEventgridPrivilegeRules,
  ...azureKeyvaultPlatformPrivilegeRules,
  ...azureCosmosdbPrivilegeRules,
  ...azureSharedKeysPrivilegeRules,
  ...azureMachineLearningPrivilegeRules,
  ...azureSynapsePrivilegeRules,
  ...azureRawReaderRules,
  ...azureRawAdderRules,
  ...azureFileChangerRules,
  ...azureRolesPrivilegeRules,
  ...azureDirectoryOnlyRules,
];
