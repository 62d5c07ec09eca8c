/** Data that is neither public nor lost, Azure: all rules. */
import type { Rule } from "../../../kit/rule.ts";
import { azureAlertRules } from "./alerts.ts";
import { azureAppDebuggingProtectionRules } from "./app-debugging.ts";
import { azureAppSecretsProtectionRules } from "./app-secrets.ts";
import { azureEndpointNetworkRules } from "./endpoint-network.ts";
import { azureEventgridNetworkProtectionRules } from "./eventgrid-network.ts";
import { azureEventhubProtectionRules } from "./eventhub.ts";
import { azureIngressProtectionRules } from "./ingress.ts";
import { azureKeyvaultNetworkProtectionRules } from "./keyvault-network.ts";
import { azureKeyvaultProtectionRules } from "./keyvault.ts";
import { azureLakeRetentionProtectionRules } from "./lake-retention.ts";
import { azureLogsProtectionRules } from "./logs.ts";
import { azureNetworkAccessProtectionRules } from "./network-access.ts";
import { azureNetworkPrivateProtectionRules } from "./network-private.ts";
import { azureNamedAddressRules } from "./named-addresses.ts";
import { azurePlatformAccessRules } from "./platform-access.ts";
import { azurePrivateEndpointRules } from "./private-endpoints.ts";
import { azureRecoveryProtectionRules } from "./recovery.ts";
import { azureRegistryProtectionRules } from "./registry.ts";
import { azureServiceLogRules } from "./service-logs.ts";
import { azureStoragePublicProtectionRules } from "./storage-public.ts";
import { azureStorageTightProtectionRules } from "./storage-tight.ts";
import { azureDatabaseAddressRules } from "./database-addresses.ts";
import { azureSynapseProtectionRules } from "./synapse.ts";
import { azureWriteOnceProtectionRules } from "./write-once.ts";

export const azureProtectionRules: readonly Rule[] = [
  ...azureKeyvaultProtectionRules,
  ...azureKeyvaultNetworkProtectionRules,
  ...azureLakeRetentionProtectionRules,
  ...azureStorageTightProtectionRules,
  ...azureWriteOnceProtectionRules,
  ...azureNetworkPrivateProtectionRules,
  ...azurePrivateEndpointRules,
  ...azureAlertRules,
  ...azureServiceLogRules,
  ...azureLogsProtectionRules,
  ...azureEventhubProtectionRules,
  ...azureIngressProtectionRules,
  ...azureSynapseProtectionRules,
  ...azureDatabaseAddressRules,
  ...azureNetworkAccessProtectionRules,
  ...azureEventgridNetworkProtectionRules,
  ...azureStoragePublicProtectionRules,
  ...azureRecoveryProtectionRules,
  ...azureRegistryProtectionRules,
  ...azureAppSecretsProtectionRules,
  ...azureAppDebuggingProtectionRules,
  ...azureEndpointNetworkRules,
  ...azurePlatformAccessRules,
  ...azureNamedAddressRules,
];
