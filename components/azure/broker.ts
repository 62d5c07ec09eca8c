import { Namespace } from "@pulumi/azure-native/eventgrid/namespace.js";
import { Topic } from "@pulumi/azure-native/eventgrid/topic.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import { assignedByName, createIdentity, type Principal } from "./identities.ts";
import { diagnose } from "./logs.ts";
import { autoNamed, nameRules } from "./names.ts";
import { WebhookAdmission } from "./resources.ts";
import { grant } from "./roles.ts";

export interface Broker {
  readonly namespace: Namespace;
  /** Everything that devices publish passes through it. */
  readonly topic: Topic;
  /** Who hands messages on: to the topic, and from it to the stream. */
  readonly router: Principal;
}

/** Hours that a session with its subscriptions waits for a device that is away: the most that the stable API grants is 8. */
const sessionHours = 1;

/** The MQTT broker and the topic that it routes to: TLS 1.2 or later, no keys, identities only. */
export function createBroker(
  environment: string,
  context: Omit<AzureContext, "key" | "broker">,
  opts: CustomResourceOptions,
): Broker {
  const { group, location, settings, logs, cloud, tenantId } = context;
  const place = { resourceGroupName: group.name, location };
  const router = createIdentity(
    `${environment}-router`,
    "hands messages from the broker to the stream",
    context,
    opts,
  );
  const identity = assignedByName(router);
  const topicName = autoNamed(nameRules.topic, environment, "routed");
  const topic = new Topic(
    topicName,
    {
      ...place,
      identity,
      inputSchema: "CloudEventSchemaV1_0",
      minimumTlsVersionAllowed: "1.2",
      disableLocalAuth: true,
      // The broker reaches it from Azure's own addresses, by its identity; there are no keys.
      publicNetworkAccess: "Enabled",
    },
    opts,
  );
  const granted = grant(
    `${environment}-router-topic`,
    context,
    {
      role: "EventGrid Data Sender",
      scope: topic.id,
      principal: router,
      why: "the broker publishes what devices sent to the routing topic",
    },
    opts,
  );
  const { admission, throughputUnits, zoneRedundant } = settings;
  const brokerName = autoNamed(nameRules.broker, environment, "broker");
  const namespace = new Namespace(
    brokerName,
    {
      ...place,
      identity,
      sku: { name: "Standard", capacity: throughputUnits },
      ...(zoneRedundant ? { isZoneRedundant: true } : {}),
      minimumTlsVersionAllowed: "1.2",
      // Devices come from outside; a private network takes everything else off it.
      publicNetworkAccess: "Enabled",
      topicSpacesConfiguration: {
        state: "Enabled",
        maximumSessionExpiryInHours: sessionHours,
        maximumClientSessionsPerAuthenticationName: 1,
        routeTopicResourceId: topic.id,
        routingIdentityInfo: { type: "UserAssigned", userAssignedIdentity: router.id },
        routingEnrichments: {
          // What functions/core/envelopes/cloud-event.ts reads: who was authenticated, and as what the payload came.
          dynamic: [
            { key: "clientname", value: "${client.authenticationName}" },
            { key: "contenttype", value: "${mqtt.message.contentType}" },
          ],
        },
      },
    },
    { ...opts, dependsOn: granted },
  );
  if (admission.kind === "webhook") {
    const { url, audience } = admission;
    new WebhookAdmission(
      `${environment}-admission`,
      {
        namespace: namespace.id,
        management: cloud.management,
        ...{ url, audience, tenantId },
        identity: router.id,
        revision: JSON.stringify({ throughputUnits, zoneRedundant, sessionHours }),
      },
      { ...opts, parent: namespace },
    );
  }
  diagnose(topicName, topic.id, logs, { parent: topic });
  diagnose(brokerName, namespace.id, logs, { parent: namespace });
  return { namespace, topic, router };
}
