import { EventSubscription } from "@pulumi/azure-native/eventgrid/eventSubscription.js";
import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { NamedException } from "../contracts/common.ts";
import type { Registration } from "../contracts/connection.ts";
import type { ConnectionFacts } from "../shared/connection.ts";
import type { IngestCapabilities } from "../contracts/secure-ingest.ts";
import type { Broker } from "./broker.ts";
import type { AzureContext } from "./context.ts";
import { deliveryByIdentity, deliveryRights, type Delivery } from "./delivery.ts";
import type { DeviceFleet } from "./device-fleet.ts";
import { autoNamed, nameRules } from "./names.ts";
import { createTopicSpaces } from "./topic-spaces.ts";
import type { ZoneStorage } from "./zones.ts";

/** What SecureIngest needs to know of the broker that it stands on. */
export interface Way {
  readonly host: Output<string>;
  readonly detail: Output<string>;
  readonly capabilities: IngestCapabilities;
  readonly exceptions: readonly NamedException[];
  /** Where the broker's topics and user names are not the contract's. @param host of the broker */
  readonly mapped: ((host: string) => NonNullable<ConnectionFacts["mapped"]>) | null;
  /** Null where a device connects at once. */
  readonly registration: Output<Registration> | null;
}

export interface GridParts {
  readonly broker: Broker;
  readonly fleet: DeviceFleet;
  readonly quarantine: ZoneStorage;
}

/** Event Grid's MQTT broker. */
export function createGridWay(
  name: string,
  hubId: Input<string>,
  { broker, fleet, quarantine }: GridParts,
  context: AzureContext,
  opts: CustomResourceOptions,
): Way {
  const { namespace, topic, router } = broker;
  if (fleet.clientGroup !== null) createTopicSpaces(name, fleet.clientGroup, broker, context, opts);
  // A device's topic: its messages of a kind stay in order.
  const delivery: Delivery = { hubId, by: router, quarantine, orderedBy: "subject" };
  const rights = deliveryRights(name, delivery, "messages", context, opts);
  new EventSubscription(
    autoNamed(nameRules.eventSubscription, name, "route"),
    { scope: topic.id, ...deliveryByIdentity(delivery) },
    { ...opts, dependsOn: rights },
  );
  return {
    host: namespace.topicSpacesConfiguration.apply((its) => its?.hostname ?? ""),
    detail: namespace.name.apply((its) => `Event Grid namespace ${its}, a certificate per device`),
    capabilities: {
      // The stable API of Event Grid namespaces has no key of ours; what is retained or queued is under Azure's.
      customerManagedKeyOnIngest: false,
      // Disconnection reason AuthenticationError: "client got disabled" (learn.microsoft.com, "MQTT clients life cycle events").
      // A webhook is asked at a connect, and not again before what it answered expires.
      dropsRevokedSessions: context.settings.admission.kind === "registered",
      retainedMessages: true,
      mqttVersions: ["3.1.1", "5.0"],
    },
    exceptions: [
      ...[brokerStore(name), limitsByUnit(name), routedInPublic(name)],
      ...(context.settings.admission.kind === "webhook" ? [openSessions(name)] : []),
    ],
    mapped: null,
    registration: null,
  };
}

const brokerStore = (resource: string): NamedException => ({
  rule: "azure-eventgrid-require-customer-key",
  resource: `${resource}-broker`,
  reason:
    "Event Grid namespaces and topics take no customer's key on stable APIs: retained status, commands for a sleeping device and events on their way are under Azure's",
  compensatingControl:
    "telemetry is not retained and passes within seconds; a session waits at most one hour; undeliverable events go to our own account, under our key",
});

const routedInPublic = (resource: string): NamedException => ({
  rule: "azure-eventgrid-close-network",
  resource: `${resource}-broker`,
  reason:
    "the broker and the topic that it routes to answer on public addresses, in a private network too: devices come from outside, and Azure documents no way from the broker to a topic that is closed",
  compensatingControl:
    "the broker wants a certificate of the fleet; the topic has no keys, and one identity may send to it: the broker's, over TLS 1.2 or later",
});

const openSessions = (resource: string): NamedException => ({
  rule: "azure-eventgrid-drop-revoked-sessions",
  resource: `${resource}-broker`,
  reason: "the webhook is asked at a connect only: a revoked device's open session goes on",
  compensatingControl:
    "no session outlives the certificate, and none is let in anew; fieldlake:azure.admission registered drops it at once",
});

const limitsByUnit = (resource: string): NamedException => ({
  rule: "azure-eventgrid-limits-by-unit",
  resource: `${resource}-broker`,
  reason:
    "Event Grid takes no limits of ours: 512 KB a message, 1,000 messages a second and session are its own",
  compensatingControl:
    "a message beyond 64 KiB is quarantined by the decoder; quotas are listed in the outputs",
});
