import { SystemTopic } from "@pulumi/azure-native/eventgrid/systemTopic.js";
import { SystemTopicEventSubscription } from "@pulumi/azure-native/eventgrid/systemTopicEventSubscription.js";
import type { input } from "@pulumi/azure-native/types/index.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { AzureContext } from "./context.ts";
import { deliveryByIdentity, deliveryRights } from "./delivery.ts";
import type { Hub } from "./event-hubs.ts";
import { assignedByName, createIdentity } from "./identities.ts";
import { diagnose } from "./logs.ts";
import type { ZoneStorage, Zones } from "./zones.ts";

export interface FileNews {
  /** Logical names. */
  readonly messenger: string;
  readonly topic: string;
  readonly subscription: string;
  /** Name of the subscription in Azure. */
  readonly called: string;
  /** What the messenger does, and what it brings: for those who read its rights. */
  readonly tells: string;
  readonly news: string;
  readonly zone: ZoneStorage;
  /** Which of the zone's new files. */
  readonly filter: Omit<input.eventgrid.EventSubscriptionFilterArgs, "includedEventTypes">;
}

/** A hub hears of files that are made in a zone, by a topic of the zone's account and an identity of its own. */
export function tellOfFiles(
  { messenger, topic, subscription, called, tells, news, zone, filter }: FileNews,
  { quarantine }: Zones,
  { hub }: Hub,
  context: AzureContext,
  opts: CustomResourceOptions,
): void {
  const by = createIdentity(messenger, tells, context, opts);
  const made = new SystemTopic(
    topic,
    {
      resourceGroupName: context.group.name,
      location: context.location,
      source: zone.storage.accountId,
      topicType: "Microsoft.Storage.StorageAccounts",
      identity: assignedByName(by),
    },
    opts,
  );
  diagnose(topic, made.id, context.logs, { parent: made });
  const delivery = { hubId: hub.id, by, quarantine, orderedBy: null };
  const granted = deliveryRights(topic, delivery, news, context, opts);
  new SystemTopicEventSubscription(
    subscription,
    {
      resourceGroupName: context.group.name,
      systemTopicName: made.name,
      eventSubscriptionName: called,
      ...deliveryByIdentity(delivery),
      filter: { includedEventTypes: ["Microsoft.Storage.BlobCreated"], ...filter },
    },
    { ...opts, parent: made, dependsOn: granted },
  );
}
