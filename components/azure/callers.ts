import { WebAppAuthSettingsV2 } from "@pulumi/azure-native/web/webAppAuthSettingsV2.js";
import type { WebApp } from "@pulumi/azure-native/web/webApp.js";
import { interpolate, type CustomResourceOptions, type Input } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";

export interface Callers {
  /** Client id of the Entra application that tokens must be for. */
  readonly clientId: string;
  /** Object ids of who may call. */
  readonly allowed: readonly Input<string>[];
  /** Client ids of whose tokens they must be; default: anybody's of those. */
  readonly applications?: readonly Input<string>[];
}

/** App Service lets nobody else in: a call without such a token gets a 401 before the function sees it. */
export function createCallers(
  name: string,
  app: WebApp,
  { clientId, allowed, applications }: Callers,
  { group, cloud, tenantId }: AzureContext,
  opts: CustomResourceOptions,
): void {
  new WebAppAuthSettingsV2(
    `${name}-callers`,
    {
      resourceGroupName: group.name,
      name: app.name,
      platform: { enabled: true },
      globalValidation: { requireAuthentication: true, unauthenticatedClientAction: "Return401" },
      httpSettings: { requireHttps: true },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          registration: {
            clientId,
            openIdIssuer: interpolate`https://${cloud.login}/${tenantId}/v2.0`,
          },
          validation: {
            allowedAudiences: [clientId, `api://${clientId}`],
            defaultAuthorizationPolicy: {
              ...(applications === undefined ? {} : { allowedApplications: [...applications] }),
              allowedPrincipals: { identities: [...allowed] },
            },
          },
        },
      },
    },
    { ...opts, parent: app },
  );
}
