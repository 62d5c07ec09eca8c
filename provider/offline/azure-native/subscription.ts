/** The subscription that the provider's settings name. */

import type { Finding } from "../cloud/check/findings.ts";
import { uuidOf } from "../cloud/identity.ts";
import type { ValueMap } from "../shared/values.ts";

/** Where resources are made out to be. */
export interface Subscription {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** Of resources that name none; undefined: they must, or their resource group does. */
  readonly location: string | undefined;
  /** Endings of host names, which differ from cloud to cloud. */
  readonly hosts: CloudHosts;
}

export interface CloudHosts {
  readonly storage: string;
  readonly vault: string;
  readonly serviceBus: string;
  readonly devices: string;
  readonly cosmos: string;
  readonly web: string;
  readonly sql: string;
}

/** Azure's clouds (learn.microsoft.com, "Azure Government endpoint mapping", "Azure China endpoints"). */
const clouds: Readonly<Record<string, CloudHosts>> = {
  public: {
    storage: "core.windows.net",
    vault: "vault.azure.net",
    serviceBus: "servicebus.windows.net",
    devices: "azure-devices.net",
    cosmos: "documents.azure.com",
    web: "azurewebsites.net",
    sql: "azuresynapse.net",
  },
  usgovernment: {
    storage: "core.usgovcloudapi.net",
    vault: "vault.usgovcloudapi.net",
    serviceBus: "servicebus.usgovcloudapi.net",
    devices: "azure-devices.us",
    cosmos: "documents.azure.us",
    web: "azurewebsites.us",
    sql: "azuresynapse.usgovcloudapi.net",
  },
  china: {
    storage: "core.chinacloudapi.cn",
    vault: "vault.azure.cn",
    serviceBus: "servicebus.chinacloudapi.cn",
    devices: "azure-devices.cn",
    cosmos: "documents.azure.cn",
    web: "chinacloudsites.cn",
    sql: "azuresynapse.azure.cn",
  },
};

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads the subscription off the settings and, as the real provider does, the environment. */
export const subscriptionOf = (
  settings: ValueMap,
  environment: NodeJS.ProcessEnv,
): { subscription: Subscription; findings: readonly Finding[] } => {
  const setting = (name: string, variable: string): string | undefined => {
    const value = settings[name];
    return typeof value === "string" && value !== "" ? value : environment[variable] || undefined;
  };
  const findings: Finding[] = [];
  const uuid = (name: string, variable: string): string => {
    const value = setting(name, variable);
    if (value !== undefined && !uuidPattern.test(value)) {
      findings.push({ path: name, reason: "must be a UUID", received: JSON.stringify(value) });
    }
    return value ?? uuidOf("azure-native", name);
  };
  const cloud = setting("environment", "ARM_ENVIRONMENT") ?? "public";
  const hosts = clouds[cloud.toLowerCase()];
  if (!hosts) {
    const reason = `must be one of ${Object.keys(clouds).join(", ")}`;
    findings.push({ path: "environment", reason, received: JSON.stringify(cloud) });
  }
  const subscription = {
    id: uuid("subscriptionId", "ARM_SUBSCRIPTION_ID"),
    tenantId: uuid("tenantId", "ARM_TENANT_ID"),
    clientId: uuidOf("azure-native", setting("clientId", "ARM_CLIENT_ID") ?? "clientId"),
    location: setting("location", "ARM_LOCATION"),
    hosts: hosts ?? (clouds["public"] as CloudHosts),
  };
  return { subscription, findings };
};
