import type { RuleCases } from "../support/cases.ts";
import { notKnownYet, resource, type Written } from "../support/stack.ts";
import { weakened } from "../support/weakened.ts";

const t = (name: string): string => `azure-native:${name}`;
const hub = (endpointUri: unknown, from = {}): Written =>
  resource(
    t("iothub:IotHubResource"),
    {
      properties: {
        routing: { endpoints: { eventHubs: [{ name: "e", endpointUri, entityPath: "messages" }] } },
      },
    },
    { from },
  );
const hubs = resource(t("eventhub:Namespace"), {}, { name: "hubs", outputs: { name: "hubs" } });
const planned = resource(t("eventhub:Namespace"), { namespaceName: "hubs" }, { name: "hubs", outputs: {} });
const account = resource(t("storage:StorageAccount"), {}, { name: "account", outputs: { name: "lake" } });
const dps = resource(
  t("deviceprovisioningservices:IotDpsResource"),
  { properties: {} },
  { name: "dps", outputs: { name: "dps" } },
);
const authority = (provisioningServiceName: unknown): Written =>
  resource(t("deviceprovisioningservices:DpsCertificate"), {
    provisioningServiceName,
    properties: { isVerified: true },
  });

export const azurePlaceCases: RuleCases = {
  "azure-iothub-require-own-routes": {
    compliant: [
      [hubs, hub("sb://hubs.servicebus.windows.net")],
      [planned, hub("sb://hubs.servicebus.windows.net/")],
      [hubs, hub(notKnownYet, { properties: ["hubs"] })],
    ],
    violating: [
      [hubs, hub("sb://elsewhere.servicebus.windows.net")],
      // A storage account of the name is no namespace.
      [hubs, account, hub("sb://lake.servicebus.windows.net")],
    ],
    absent: [[hubs, hub(undefined)]],
    unknown: [[hubs, hub(notKnownYet)]],
  },
  "azure-dps-require-authority": {
    compliant: [[dps, authority("dps")]],
    violating: [[dps, authority("another")]],
    absent: [dps],
    unknown: [[dps, authority(notKnownYet)]],
  },
  "azure-ml-require-own-stores": weakened(
    {
      token: t("machinelearningservices:Workspace"),
      inputs: { storageAccount: "/subscriptions/s/accounts/a", keyVault: "/subscriptions/s/vaults/v" },
      weak: { storageAccount: [""], keyVault: [""] },
    },
    { unknown: "is right" },
  ),
  "azure-ml-require-tls-to-models": weakened({
    token: t("machinelearningservices:Compute"),
    inputs: { properties: { computeType: "AKS", properties: { sslConfiguration: { status: "Auto" } } } },
    weak: { "properties.properties.sslConfiguration.status": ["Disabled"] },
  }),
};
