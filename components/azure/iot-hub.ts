import { DpsCertificate } from "@pulumi/azure-native/deviceprovisioningservices/dpsCertificate.js";
import { IotDpsResource } from "@pulumi/azure-native/deviceprovisioningservices/iotDpsResource.js";
import { IotHubResource } from "@pulumi/azure-native/iothub/iotHubResource.js";
import {
  interpolate,
  output,
  secret,
  unsecret,
  type CustomResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random";
import type { Registration } from "../contracts/connection.ts";
import type { AzureContext } from "./context.ts";
import { assigned, createIdentity } from "./identities.ts";
import { diagnose } from "./logs.ts";
import { autoNamed, nameRules } from "./names.ts";
import { EnrolmentGroup } from "./resources.ts";
import { grant } from "./roles.ts";

export interface HubArgs {
  readonly environment: string;
  /** Id of the event hub that messages are routed to. */
  readonly stream: Input<string>;
  /** PEM of the certificate that signs devices. */
  readonly issuer: Input<string>;
}

export interface Hub {
  readonly hub: IotHubResource;
  readonly host: Output<string>;
  /** At the provisioning service. */
  readonly registration: Output<Registration>;
}

const policyName = "provisioning";
const certificateName = "issuer";
const keyBytes = 32;

/** IoT Hub, and the provisioning service that lets a device in on its first connection by who signed its certificate. */
export function createHubIngest(
  name: string,
  { environment, stream, issuer }: HubArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Hub {
  const { group, location, settings, cloud, logs } = context;
  const place = { resourceGroupName: group.name, location };
  const router = createIdentity(`${name}-router`, "hands messages from the hub to the stream", context, opts);
  const sends = grant(
    `${name}-hub-sends`,
    context,
    {
      role: "Azure Event Hubs Data Sender",
      scope: stream,
      principal: router,
      why: "IoT Hub routes messages to the hub",
    },
    opts,
  );
  const key = new RandomBytes(`${name}-link`, { length: keyBytes }, opts);
  const spare = new RandomBytes(`${name}-link-spare`, { length: keyBytes }, opts);
  const to = output(stream).apply(addressed);
  const endpoint = "stream";
  const hubName = autoNamed(nameRules.iotHub, environment, "hub");
  const hub = new IotHubResource(
    hubName,
    {
      ...place,
      sku: { name: "S1", capacity: settings.iotHub.units },
      identity: assigned(router),
      properties: {
        minTlsVersion: "1.2",
        disableDeviceSAS: true,
        disableModuleSAS: true,
        // The provisioning service of this version of the API links a hub by key and in no other way.
        disableLocalAuth: false,
        authorizationPolicies: [
          {
            keyName: policyName,
            rights: "RegistryRead, RegistryWrite, ServiceConnect, DeviceConnect",
            primaryKey: key.base64,
            secondaryKey: spare.base64,
          },
        ],
        publicNetworkAccess: "Enabled",
        enableFileUploadNotifications: false,
        routing: {
          endpoints: {
            eventHubs: [
              {
                name: endpoint,
                authenticationType: "identityBased",
                identity: { userAssignedIdentity: router.id },
                endpointUri: to.apply(({ namespace }) => `sb://${namespace}.${cloud.eventHubs}`),
                entityPath: to.apply(({ hub: path }) => path),
              },
            ],
          },
          routes: [
            {
              name: "messages",
              source: "DeviceMessages",
              condition: "true",
              endpointNames: [endpoint],
              isEnabled: true,
            },
          ],
          fallbackRoute: {
            source: "DeviceMessages",
            condition: "true",
            endpointNames: ["events"],
            isEnabled: false,
          },
        },
      },
    },
    { ...opts, dependsOn: sends },
  );
  // Host names are public; the keys beside them make the properties a secret.
  const host = unsecret(hub.properties).apply((its) => its.hostName);
  const service = new IotDpsResource(
    autoNamed(nameRules.provisioningService, environment, "enrolment"),
    {
      ...place,
      sku: { name: "S1", capacity: 1 },
      properties: {
        allocationPolicy: "Hashed",
        publicNetworkAccess: "Enabled",
        iotHubs: [
          {
            location,
            allocationWeight: 1,
            applyAllocationPolicy: true,
            connectionString: secret(
              interpolate`HostName=${host};SharedAccessKeyName=${policyName};SharedAccessKey=${key.base64}`,
            ),
          },
        ],
      },
    },
    opts,
  );
  const open = unsecret(service.properties);
  const child = { ...opts, parent: service };
  const certificate = new DpsCertificate(
    `${name}-issuer`,
    {
      resourceGroupName: group.name,
      provisioningServiceName: service.name,
      certificateName,
      // Verified as it is made: who deploys holds the key that signs devices.
      properties: {
        certificate: output(issuer).apply((pem) => Buffer.from(pem).toString("base64")),
        isVerified: true,
      },
    },
    child,
  );
  new EnrolmentGroup(
    `${name}-devices`,
    {
      endpoint: open.apply((its) => its.serviceOperationsHostName),
      groupId: "devices",
      certificate: certificate.name,
      hub: host,
      enabled: true,
    },
    { ...child, dependsOn: certificate },
  );
  diagnose(`${name}-hub`, hub.id, logs, { parent: hub });
  diagnose(`${name}-enrolment`, service.id, logs, { parent: service });
  const registration = open.apply(({ deviceProvisioningHostName, idScope }) => ({
    host: deviceProvisioningHostName,
    idScope,
  }));
  return { hub, host, registration };
}

/** `…/Microsoft.EventHub/namespaces/<namespace>/eventhubs/<hub>`; throws an Error for an id of something else. */
function addressed(id: string): { namespace: string; hub: string } {
  const [, namespace, hub] = /\/namespaces\/([^/]+)\/eventhubs\/([^/]+)$/i.exec(id) ?? [];
  if (namespace === undefined || hub === undefined) {
    throw new Error(`stream: received "${id}"; allowed: the id of an event hub`);
  }
  return { namespace, hub };
}
