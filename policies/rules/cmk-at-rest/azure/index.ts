/** Customers' keys at rest, Azure: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { azureAppconfigurationKeyRules } from "./appconfiguration.ts";
import { azureApplicationinsightsKeyRules } from "./applicationinsights.ts";
import { azureAutomationKeyRules } from "./automation.ts";
import { azureBatchKeyRules } from "./batch.ts";
import { azureCognitiveservicesKeyRules } from "./cognitiveservices.ts";
import { azureCosmosdbKeyRules } from "./cosmosdb.ts";
import { azureDatabricksKeyRules } from "./databricks.ts";
import { azureDatafactoryKeyRules } from "./datafactory.ts";
import { azureEventhubKeyRules } from "./eventhub.ts";
import { azureFunctionStorageKeyRules } from "./function-storage.ts";
import { azureKeyvaultKeysKeyRules } from "./keyvault-keys.ts";
import { azureKeyvaultRotationKeyRules } from "./keyvault-rotation.ts";
import { azureKeyvaultSecretsKeyRules } from "./keyvault-secrets.ts";
import { azureKustoKeyRules } from "./kusto.ts";
import { azureMachineLearningKeyRules } from "./machine-learning.ts";
import { azureOperationalinsightsKeyRules } from "./operationalinsights.ts";
import { azureRegistryKeyRules } from "./registry.ts";
import { azureSearchKeyRules } from "./search.ts";
import { azureServicebusKeyRules } from "./servicebus.ts";
import { azureStorageKeyRules } from "./storage.ts";
import { azureStorageScopesKeyRules } from "./storage-scopes.ts";
import { azureStreamanalyticsKeyRules } from "./streamanalytics.ts";
import { azureSynapseKeyRules } from "./synapse.ts";
import { azureWithoutKeysKeyRules } from "./without-keys.ts";
import { azureWorkspacesKeyRules } from "./workspaces.ts";
import { azureIothubRoutesKeyRules } from "./iothub-routes.ts";

export const azureKeyRules: readonly Rule[] = [
  ...azureEventhubKeyRules,
  ...azureServicebusKeyRules,
  ...azureStorageKeyRules,
  ...azureStorageScopesKeyRules,
  ...azureCosmosdbKeyRules,
  ...azureKustoKeyRules,
  ...azureDatafactoryKeyRules,
  ...azureDatabricksKeyRules,
  ...azureMachineLearningKeyRules,
  ...azureOperationalinsightsKeyRules,
  ...azureRegistryKeyRules,
  ...azureSearchKeyRules,
  ...azureAppconfigurationKeyRules,
  ...azureSynapseKeyRules,
  ...azureBatchKeyRules,
  ...azureAutomationKeyRules,
  ...azureCognitiveservicesKeyRules,
  ...azureKeyvaultKeysKeyRules,
  ...azureKeyvaultSecretsKeyRules,
  ...azureKeyvaultRotationKeyRules,
  ...azureFunctionStorageKeyRules,
  ...azureWorkspacesKeyRules,
  ...azureApplicationinsightsKeyRules,
  ...azureStreamanalyticsKeyRules,
  ...azureWithoutKeysKeyRules,
  ...azureIothubRoutesKeyRules,
];
