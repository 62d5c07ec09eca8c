/** Apps and containers. */
import { base, endpointTo, identity, resourceGroupName } from "./parts.ts";
import { ref, sound, type Sound } from "../stack.ts";

export const azureApps: Readonly<Record<string, readonly Sound[]>> = {
  "a web app and its function": [
    ...base(),
    sound("azure-native:web:WebApp", "app", {
      resourceGroupName,
      name: "app",
      kind: "app,linux",
      identity,
      httpsOnly: true,
      clientCertEnabled: true,
      clientCertMode: "Required",
      endToEndEncryptionEnabled: true,
      publicNetworkAccess: "Disabled",
      keyVaultReferenceIdentity: ref("user", "id"),
      siteConfig: {
        minTlsVersion: "1.2",
        scmMinTlsVersion: "1.2",
        ftpsState: "Disabled",
        remoteDebuggingEnabled: false,
        http20Enabled: true,
        appSettings: [
          {
            name: "DbPassword",
            value: "@Microsoft.KeyVault(SecretUri=https://plant-keys.vault.azure.net/secrets/db)",
          },
          { name: "REGION", value: "westeurope" },
        ],
      },
    }),
    endpointTo("app", "sites"),
    sound("azure-native:web:WebAppFtpAllowed", "app-ftp", { resourceGroupName, name: "app", allow: false }),
    sound("azure-native:web:WebAppScmAllowed", "app-scm", { resourceGroupName, name: "app", allow: false }),
    sound("azure-native:app:ContainerApp", "box", {
      resourceGroupName,
      environmentId: "e",
      configuration: {
        ingress: { external: true, targetPort: 8080, allowInsecure: false, transport: "Http" },
      },
    }),
  ],
};
