/**
 * Azure's clouds: host name endings (learn.microsoft.com, "Azure Government endpoint mapping", "Azure China developer
 * guide"). The provider's own setting `azure-native:environment` says which one.
 */
export interface Cloud {
  readonly storage: string;
  readonly vault: string;
  readonly eventHubs: string;
  readonly portal: string;
  readonly cosmos: string;
  readonly functions: string;
  /** Synapse. */
  readonly synapse: string;
  /** Resource Manager. */
  readonly management: string;
  /** Entra. */
  readonly login: string;
}

export const clouds: Readonly<Record<"public" | "usgovernment" | "china", Cloud>> = {
  public: {
    storage: "core.windows.net",
    vault: "vault.azure.net",
    eventHubs: "servicebus.windows.net",
    portal: "portal.azure.com",
    cosmos: "documents.azure.com",
    functions: "azurewebsites.net",
    synapse: "azuresynapse.net",
    management: "management.azure.com",
    login: "login.microsoftonline.com",
  },
  usgovernment: {
    storage: "core.usgovcloudapi.net",
    vault: "vault.usgovcloudapi.net",
    eventHubs: "servicebus.usgovcloudapi.net",
    portal: "portal.azure.us",
    cosmos: "documents.azure.us",
    functions: "azurewebsites.us",
    synapse: "azuresynapse.usgovcloudapi.net",
    management: "management.usgovcloudapi.net",
    login: "login.microsoftonline.us",
  },
  china: {
    storage: "core.chinacloudapi.cn",
    vault: "vault.azure.cn",
    eventHubs: "servicebus.chinacloudapi.cn",
    portal: "portal.azure.cn",
    cosmos: "documents.azure.cn",
    functions: "chinacloudsites.cn",
    synapse: "azuresynapse.azure.cn",
    management: "management.chinacloudapi.cn",
    login: "login.partner.microsoftonline.cn",
  },
};

const chinese = /^china/;
const governmental = /^usgov|^usdod/;

/** Regions say by their name which cloud they are of. */
export function cloudOf(location: string): Cloud {
  if (chinese.test(location)) return clouds.china;
  return governmental.test(location) ? clouds.usgovernment : clouds.public;
}
