import { unsecret, type CustomResourceOptions } from "@pulumi/pulumi";
import type { NamedException } from "../contracts/common.ts";
import type { SecureIngestArgs } from "../contracts/secure-ingest.ts";
import type { AzureContext } from "./context.ts";
import type { Way } from "./grid-ingest.ts";
import { hubTopics, hubUserName } from "./hub-topics.ts";
import { createHubIngest } from "./iot-hub.ts";

/** IoT Hub with its provisioning service. */
export function createHubWay(
  name: string,
  { environment, stream, fleet }: SecureIngestArgs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Way {
  // A certificate is public; only the keys beside it make the issuer a secret.
  const issuer = unsecret(fleet.issuer).apply(({ certificate }) => certificate);
  const {
    hub,
    host,
    registration: registersAt,
  } = createHubIngest(name, { environment, stream, issuer }, context, opts);
  return {
    host,
    detail: hub.name.apply((its) => `IoT Hub ${its}, a certificate per device`),
    capabilities: {
      customerManagedKeyOnIngest: false,
      // A device that is disabled in the hub's registry is disconnected.
      dropsRevokedSessions: true,
      retainedMessages: false,
      mqttVersions: ["3.1.1"],
    },
    exceptions: [hubStore(name), linkByKey(name), retained(name), registration(name)],
    mapped: (its) => ({ userName: hubUserName(its), topics: hubTopics }),
    registration: registersAt,
  };
}

const hubStore = (resource: string): NamedException => ({
  rule: "azure-iothub-require-customer-key",
  resource: `${resource}-broker`,
  reason: "IoT Hub and its provisioning service take no customer's key on stable APIs",
  compensatingControl: "messages are routed on at once; the hub's own endpoint is not used",
});

const linkByKey = (resource: string): NamedException => ({
  rule: "azure-iothub-disable-local-auth",
  resource: `${resource}-broker`,
  reason:
    "the provisioning service links a hub by a shared key; a link by identity is in later previews only",
  compensatingControl:
    "the key is of a policy of its own, made here, a secret of the state; devices and modules can't sign in by keys",
});

const retained = (resource: string): NamedException => ({
  rule: "azure-iothub-keep-retained-messages",
  resource: `${resource}-broker`,
  reason: "IoT Hub keeps no retained message",
  compensatingControl: "the newest status of a device is in the latest state",
});

const registration = (resource: string): NamedException => ({
  rule: "azure-iothub-connect-without-registration",
  resource: `${resource}-broker`,
  reason: "a device registers with the provisioning service before its first connection to the hub",
  compensatingControl:
    "the enrolment group admits every certificate of the issuer; the connection descriptor has host and id scope",
});
