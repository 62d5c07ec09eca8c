import { EventSubscription } from "@pulumi/azure-native/eventgrid/eventSubscription.js";
import { all, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { EncryptionState, NamedException } from "../contracts/common.ts";
import type { ConnectionDescriptor } from "../contracts/connection.ts";
import {
  topicRoot,
  type IngestCapabilities,
  type MqttEndpoint,
  type SecureIngestArgs,
  type SecureIngestOutputs,
} from "../contracts/secure-ingest.ts";
import { FieldlakeComponent } from "../shared/base.ts";
import { connectionDescriptor } from "../shared/connection.ts";
import { refuse, secureIngestFaults } from "../shared/validate.ts";
import type { AzureContext } from "./context.ts";
import { deadLettersOf, deliveryByIdentity, deliveryRights, type Delivery } from "./delivery.ts";
import { DeviceFleet } from "./device-fleet.ts";
import { EncryptedLake } from "./encrypted-lake.ts";
import { autoNamed, nameRules } from "./names.ts";
import { ours } from "./ours.ts";
import { createTopicSpaces } from "./topic-spaces.ts";

const mqttPort = 8883;

/** Event Grid's MQTT broker: what devices may do, and the way of their messages to the stream. */
export class SecureIngest extends FieldlakeComponent implements SecureIngestOutputs {
  readonly mqttEndpoint: Output<MqttEndpoint>;
  readonly topicRoot: Output<string>;
  readonly deadLetter: Output<string>;
  readonly connection: Output<ConnectionDescriptor>;
  readonly capabilities: IngestCapabilities = {
    // The stable API of Event Grid namespaces has no key of ours; what is retained or queued is under Azure's.
    customerManagedKeyOnIngest: false,
    // Disconnection reason AuthenticationError: "client got disabled" (learn.microsoft.com, "MQTT clients life cycle events").
    dropsRevokedSessions: true,
    retainedMessages: true,
    mqttVersions: ["3.1.1", "5.0"],
  };
  readonly exceptions: readonly NamedException[];
  readonly encryption: readonly EncryptionState[];

  constructor(name: string, args: SecureIngestArgs, context: AzureContext, opts?: ComponentResourceOptions) {
    const { environment, limits, stream: hubId } = args;
    super("azure", "SecureIngest", name, { environment, limits, topicRoot }, opts);
    refuse(secureIngestFaults(args), this);
    const lake = ours("lake", args.lake, EncryptedLake, this);
    const fleet = ours("fleet", args.fleet, DeviceFleet, this);

    const child = { parent: this };
    const { namespace, topic, router } = context.broker;
    createTopicSpaces(name, fleet.clientGroup, context, child);
    const { quarantine } = lake.zones;
    // A device's topic: its messages of a kind stay in order.
    const delivery: Delivery = { hubId, by: router, quarantine, orderedBy: "subject" };
    const rights = deliveryRights(name, delivery, "messages", context, child);
    new EventSubscription(
      autoNamed(nameRules.eventSubscription, name, "route"),
      { scope: topic.id, ...deliveryByIdentity(delivery) },
      { ...child, dependsOn: rights },
    );

    const host = namespace.topicSpacesConfiguration.apply((its) => its?.hostname ?? "");
    this.mqttEndpoint = all([host, fleet.trustBundle]).apply(([its, trustBundle]) => ({
      host: its,
      port: mqttPort,
      trustBundle,
    }));
    this.topicRoot = namespace.name.apply(() => topicRoot);
    this.deadLetter = deadLettersOf(quarantine);
    const { mqttVersions } = this.capabilities;
    this.connection = this.mqttEndpoint.apply((endpoint) =>
      connectionDescriptor({ endpoint, mqttVersions, maxPayloadBytes: limits.payloadBytes }),
    );
    this.encryption = [
      {
        component: "SecureIngest",
        name: "MQTT broker",
        detail: namespace.name.apply((its) => `Event Grid namespace ${its}, a certificate per device`),
        inTransit: "TLS 1.3 (floor 1.2), client certificate required",
        atRest: null,
        keyId: null,
      },
      {
        component: "SecureIngest",
        name: "dead letters",
        detail: this.deadLetter,
        inTransit: "TLS 1.2 or later, HTTPS only",
        atRest: "AES-256 (customer key), and once more by infrastructure encryption",
        keyId: quarantine.keyUri,
      },
    ];
    this.exceptions = [brokerStore(name), limitsByUnit(name), uploadByIssuer(name)];
    this.registerOutputs({
      mqttEndpoint: this.mqttEndpoint,
      topicRoot: this.topicRoot,
      deadLetter: this.deadLetter,
      connection: this.connection,
      capabilities: this.capabilities,
      encryption: this.encryption,
      exceptions: this.exceptions,
    });
  }
}

const brokerStore = (resource: string): NamedException => ({
  rule: "azure-eventgrid-require-customer-key",
  resource: `${resource}-broker`,
  reason:
    "Event Grid namespaces and topics take no customer's key on stable APIs: retained status, commands for a sleeping device and events on their way are under Azure's",
  compensatingControl:
    "telemetry is not retained and passes within seconds; a session waits at most one hour; undeliverable events go to our own account, under our key",
});

const limitsByUnit = (resource: string): NamedException => ({
  rule: "azure-eventgrid-limits-by-unit",
  resource: `${resource}-broker`,
  reason:
    "Event Grid takes no limits of ours: 512 KB a message, 1,000 messages a second and session are its own",
  compensatingControl:
    "a message beyond 64 KiB is quarantined by the decoder; quotas are listed in the outputs",
});

const uploadByIssuer = (resource: string): NamedException => ({
  rule: "azure-storage-upload-credentials",
  resource,
  reason:
    "Azure exchanges no device certificate for storage credentials, as AWS IoT's credential provider does",
  compensatingControl:
    "whoever operates the fleet uploads files as an Entra identity with the blob adder role on the raw zone",
});
