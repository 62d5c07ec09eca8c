/** What Azure allows as names (learn.microsoft.com, "Naming rules and restrictions for Azure resources"). */

import type { NameRule } from "../cloud/name-rules.ts";

const letters = "a-z A-Z 0-9";

/** By `module/Class`. */
export const nameRules: Readonly<Record<string, NameRule>> = {
  "cosmosdb/DatabaseAccount": {
    property: "accountName",
    pattern: /^[a-z0-9][a-z0-9-]{1,42}[a-z0-9]$/,
    allowed: "3 to 44 of a-z 0-9 -, beginning and ending with a letter or digit",
  },
  "deviceprovisioningservices/IotDpsResource": {
    property: "provisioningServiceName",
    pattern: /^[A-Za-z0-9-]{2,63}[A-Za-z0-9]$/,
    allowed: `3 to 64 of ${letters} -, ending with a letter or digit`,
  },
  "eventgrid/Namespace": {
    property: "namespaceName",
    pattern: /^[a-zA-Z0-9-]{3,50}$/,
    allowed: `3 to 50 of ${letters} -`,
  },
  "eventhub/Namespace": {
    property: "namespaceName",
    pattern: /^[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]$/,
    allowed: `6 to 50 of ${letters} -, beginning with a letter, ending with a letter or digit`,
  },
  "iothub/IotHubResource": {
    property: "resourceName",
    pattern: /^[A-Za-z0-9-]{2,49}[A-Za-z0-9]$/,
    allowed: `3 to 50 of ${letters} -, ending with a letter or digit`,
  },
  "keyvault/Key": {
    property: "keyName",
    pattern: /^[a-zA-Z0-9-]{1,127}$/,
    allowed: `1 to 127 of ${letters} -`,
  },
  "keyvault/Vault": {
    property: "vaultName",
    pattern: /^(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
    allowed: `3 to 24 of ${letters} -, beginning with a letter, ending with a letter or digit, no two hyphens in a row`,
  },
  "managedidentity/UserAssignedIdentity": {
    property: "resourceName",
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/,
    allowed: `3 to 128 of ${letters} _ -, beginning with a letter or digit`,
  },
  "operationalinsights/Workspace": {
    property: "workspaceName",
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/,
    allowed: `4 to 63 of ${letters} -, beginning and ending with a letter or digit`,
  },
  "resources/ResourceGroup": {
    property: "resourceGroupName",
    pattern: /^[-\w._()]{0,89}[-\w_()]$/,
    allowed: `1 to 90 of ${letters} - _ . ( ), not ending with a full stop`,
  },
  "storage/BlobContainer": {
    property: "containerName",
    pattern: /^(?:\$(?:web|root|logs)|(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9])$/,
    allowed: "3 to 63 of a-z 0-9 -, beginning and ending with a letter or digit, no two hyphens in a row",
  },
  "storage/StorageAccount": {
    property: "accountName",
    pattern: /^[a-z0-9]{3,24}$/,
    allowed: "3 to 24 of a-z 0-9 (no hyphens)",
  },
  "web/WebApp": {
    property: "name",
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$/,
    allowed: `2 to 60 of ${letters} -, beginning and ending with a letter or digit`,
  },
};
