/** TLS in transit, Azure: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { azureApimanagementTlsRules } from "./apimanagement.ts";
import { azureAppWorkersTlsRules } from "./app-workers.ts";
import { azureAppsTlsRules } from "./apps.ts";
import { azureContainerappTlsRules } from "./containerapp.ts";
import { azureDatafactoryTlsRules } from "./datafactory.ts";
import { azureEventgridTlsRules } from "./eventgrid.ts";
import { azureRedisTlsRules } from "./redis.ts";
import { azureStorageTlsRules } from "./storage.ts";
import { azureStreamanalyticsTlsRules } from "./streamanalytics.ts";
import { azureVersionsTlsRules } from "./versions.ts";
import { azureMachineLearningTlsRules } from "./machine-learning.ts";

export const azureTlsRules: readonly Rule[] = [
  ...azureVersionsTlsRules,
  ...azureApimanagementTlsRules,
  ...azureStorageTlsRules,
  ...azureAppsTlsRules,
  ...azureAppWorkersTlsRules,
  ...azureContainerappTlsRules,
  ...azureRedisTlsRules,
  ...azureDatafactoryTlsRules,
  ...azureEventgridTlsRules,
  ...azureStreamanalyticsTlsRules,
  ...azureMachineLearningTlsRules,
];
