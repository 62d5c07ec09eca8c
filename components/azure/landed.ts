import { SystemTopic } from "@pulumi/azure-native/eventgrid/systemTopic.js";
import { SystemTopicEventSubscription } from "@pulumi/azure-native/eventgrid/systemTopicEventSubscription.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { manifestFolder } from "../../functions/agreements.ts";
import type { AzureContext } from "./context.ts";
import { deliveryByIdentity, deliveryRights } from "./delivery.ts";
import { createHub, type Hub, type Hubs } from "./event-hubs.ts";
import { assignedByName, createIdentity } from "./identities.ts";
import { diagnose } from "./logs.ts";
import type { Zones } from "./zones.ts";

const partitions = 4;

/** A hub that hears of each file that lands in the curated zone. */
export function createLanded(
  name: string,
  { curated, quarantine }: Zones,
  hubs: Hubs,
  context: AzureContext,
  opts: CustomResourceOptions,
): Hub {
  const landed = createHub(name, "landed", partitions, hubs, context, opts);
  const messenger = createIdentity(`${name}-messenger`, "tells of files that landed", context, opts);
  const topic = new SystemTopic(
    `${name}-files`,
    {
      resourceGroupName: context.group.name,
      location: context.location,
      source: curated.storage.accountId,
      topicType: "Microsoft.Storage.StorageAccounts",
      identity: assignedByName(messenger),
    },
    opts,
  );
  diagnose(`${name}-files`, topic.id, context.logs, { parent: topic });
  const delivery = { hubId: landed.hub.id, by: messenger, quarantine, orderedBy: null };
  const rights = deliveryRights(`${name}-files`, delivery, "news of files", context, opts);
  const container = "/blobServices/default/containers/curated/blobs/";
  new SystemTopicEventSubscription(
    `${name}-files-landed`,
    {
      resourceGroupName: context.group.name,
      systemTopicName: topic.name,
      eventSubscriptionName: "landed",
      ...deliveryByIdentity(delivery),
      filter: {
        includedEventTypes: ["Microsoft.Storage.BlobCreated"],
        subjectBeginsWith: container,
        subjectEndsWith: ".parquet",
        advancedFilters: [
          {
            operatorType: "StringNotBeginsWith",
            key: "subject",
            values: [`${container}${manifestFolder}/`],
          },
        ],
      },
    },
    { ...opts, parent: topic, dependsOn: rights },
  );
  return landed;
}
